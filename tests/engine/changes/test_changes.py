"""Everyday changes of a declaration, each a real run: what stands afterwards is what is declared, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from located_yaml import load
from tests.engine.clone import Clone
from tests.engine.inventory import aws_in, in_kubernetes, in_moto, kubernetes_in

if TYPE_CHECKING:
    from tests.engine.place import Place

HERE: Final = Path(__file__).parent
BOTH: Final = (HERE / "both.yaml").read_text(encoding="utf-8")
CHANGES: Final[list[dict[str, Any]]] = load(HERE / "changes.yaml").data
STACK: Final = "changes"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Take a slice of the changes, all in a campaign."""
    if "change" in metafunc.fixturenames:
        campaign = metafunc.config.getoption("--hypothesis-profile", None) == "campaign"
        taken = [change for change in CHANGES if campaign or change.get("slice")]
        metafunc.parametrize("change", taken, ids=[change["title"] for change in taken])


@pytest.fixture(scope="module")
def clone(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A copy of the project in which the stack stands as it is before any change."""
    return Clone.provisioned(tmp_path_factory.mktemp("clone") / "project", place, STACK, BOTH)


def changed(change: dict[str, Any]) -> str:
    """Return the declaration after a change."""
    text = BOTH
    for before, after in change["replace"].items():
        assert before in text, f"{change['title']}: there is no {before!r}"
        text = text.replace(before, after)
    return text


def test_a_change_is_made_as_declared_and_leaves_nothing_behind(change: dict[str, Any], clone: Clone) -> None:
    before = clone.resources(STACK)
    clone.declare(STACK, changed(change))
    done = clone.enclave("up", STACK)
    said = done.stdout + done.stderr
    assert done.returncode == change.get("exit", 0), said
    assert [words for words in change.get("says", ()) if words not in said] == [], said
    after = clone.resources(STACK)
    assert in_moto(clone.place) == aws_in(after)
    assert in_kubernetes(clone.place) == kubernetes_in(after)
    if done.returncode:
        assert after == before, "what is refused changes nothing"
        return
    again = clone.pulumi("preview", "--expect-no-changes", "--stack", STACK)
    assert again.returncode == 0, again.stdout


def test_an_object_that_is_left_behind_would_be_noticed(clone: Clone) -> None:
    """The seeded bug of this family: the clouds hold one object more than the state."""
    state = [entry for entry in clone.resources(STACK) if entry["type"] != "aws:ec2/vpc:Vpc"]
    assert in_moto(clone.place) != aws_in(state)
