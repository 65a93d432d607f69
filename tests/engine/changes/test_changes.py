"""Everyday changes of a declaration, each a real run: what stands afterwards is what is declared, and nothing else."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from located_yaml import load
from tests.campaign import in_campaign
from tests.engine.clone import Clone
from tests.engine.inventory import aws_in, in_kubernetes, in_moto, kubernetes_in

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence

    from tests.engine.place import Place

    State = Sequence[dict[str, Any]]

HERE: Final = Path(__file__).parent
BOTH: Final = (HERE / "both.yaml").read_text(encoding="utf-8")
CHANGES: Final[list[dict[str, Any]]] = load(HERE / "changes.yaml").data
TITLED: Final = {change["title"]: change for change in CHANGES}
STACK: Final = "changes"
NUMBER: Final = 30


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Take a slice of the changes, all in a campaign."""
    if "change" in metafunc.fixturenames:
        campaign = in_campaign(metafunc.config)
        taken = [change for change in CHANGES if campaign or change.get("slice")]
        metafunc.parametrize("change", taken, ids=[change["title"] for change in taken])


@pytest.fixture(scope="module")
def clone(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A copy of the project in which the stack stands as it is before any change."""
    return Clone.provisioned(tmp_path_factory.mktemp("clone") / "project", place, STACK, BOTH)


def stack_of(change: dict[str, Any]) -> str:
    """Return the stack that a change concerns."""
    return str(change.get("stack", STACK))


def changed(change: dict[str, Any]) -> str:
    """Return the declaration after a change."""
    text = BOTH
    for before, after in change.get("replace", {}).items():
        assert before in text, f"{change['title']}: there is no {before!r}"
        text = text.replace(before, after)
    return text


def standing(clone: Clone) -> dict[str, State]:
    """Return the state of each stack."""
    return {stack: clone.resources(stack) for stack in clone.stacks()}


def prepare(clone: Clone, change: dict[str, Any]) -> None:
    """Make the change that this one follows, unless it stands, and run the commands that come before."""
    if (title := change.get("after")) is not None:
        earlier = TITLED[title]
        if clone.declaration(stack_of(earlier)) != changed(earlier):
            prepare(clone, earlier)
            as_told(make(clone, earlier), earlier)
    for command in change.get("first", ()):
        as_told(clone.enclave(*command["words"].split(), types=command.get("types")), command)


def make(clone: Clone, change: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Declare a change and run it; what is refused is taken back from the declaration, as its author would."""
    stack = stack_of(change)
    before = clone.declaration(stack)
    if change.get("ends"):
        done = clone.pulumi("destroy", "--yes", "--skip-preview", "--remove", "--stack", stack)
        clone.forget(stack)
        return done
    clone.declare(stack, changed(change))
    done = clone.enclave("up", stack, *change.get("options", "").split(), types=change.get("types"))
    if done.returncode and before is None:
        clone.forget(stack)
    elif done.returncode and before is not None:
        clone.declare(stack, before)
    return done


def as_told(done: subprocess.CompletedProcess[str], told: dict[str, Any]) -> None:
    """Assert that a command ended as a row tells, with its words."""
    said = done.stdout + done.stderr
    assert done.returncode == told.get("exit", 0), said
    assert [words for words in told.get("says", ()) if words not in said] == [], said


def test_a_change_is_made_as_declared_and_leaves_nothing_behind(change: dict[str, Any], clone: Clone) -> None:
    prepare(clone, change)
    before = standing(clone)
    as_told(make(clone, change), change)
    after = standing(clone)
    everything = list(chain.from_iterable(after.values()))
    assert in_moto(clone.place) == aws_in(everything)
    assert in_kubernetes(clone.place) == kubernetes_in(everything)
    if change.get("exit"):
        assert after == before, "what is refused changes nothing"
        return
    touched = {stack for stack in before.keys() | after.keys() if before.get(stack) != after.get(stack)}
    assert touched <= {stack_of(change)}, "no other stack is touched"
    for stack in after:
        again = clone.pulumi("preview", "--expect-no-changes", "--stack", stack)
        assert again.returncode == 0, again.stdout


def test_the_campaign_holds_the_changes_of_every_day() -> None:
    assert len(TITLED) == len(CHANGES) >= NUMBER
    assert {change["after"] for change in CHANGES if "after" in change} <= set(TITLED)


def test_an_object_that_is_left_behind_would_be_noticed(clone: Clone) -> None:
    """The seeded bug of this family: the clouds hold one object more than the state."""
    state = [entry for entry in clone.resources(STACK) if entry["type"] != "aws:ec2/vpc:Vpc"]
    assert in_moto(clone.place) != aws_in(state)
