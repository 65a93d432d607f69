"""What a run made and could not record is found again and taken over: on the real engine, with moto as AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from console.gate.recover.aws_table import table
from sandbox.aws_plugin.registry import EVERY_TYPE
from tests.engine.clone import Clone
from tests.engine.found_again import lost_of
from tests.engine.inventory import aws_in, client, in_moto

if TYPE_CHECKING:
    from tests.engine.place import Place

SMALL = (Path(__file__).parent / "small_aws.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def clone(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A copy of the project with a small stack, provisioned; each test leaves it as it found it."""
    return Clone.provisioned(tmp_path_factory.mktemp("clone") / "project", place, "small", SMALL)


def write_state(clone: Clone, deployment: dict[str, Any]) -> None:
    """Write a state as an engine that was killed leaves it: `pulumi stack import` would drop what is under way."""
    file = clone.place.folder / "state" / ".pulumi" / "stacks" / "enclave" / "small.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["checkpoint"]["latest"] = deployment
    file.write_text(json.dumps(document), encoding="utf-8")


def without(entries: list[dict[str, Any]], urn: str) -> list[dict[str, Any]]:
    """Return entries without a resource and all that refers to it: no state holds a reference to nothing."""
    gone = {urn}
    while more := {each["urn"] for each in entries if any(one in json.dumps(each) for one in gone)} - gone:
        gone |= more
    return [entry for entry in entries if entry["urn"] not in gone]


def test_every_type_that_the_stand_in_makes_can_be_looked_for() -> None:
    assert set(EVERY_TYPE) <= set(table())


def test_every_object_of_a_stack_is_found_again_by_what_its_program_says_of_it(clone: Clone) -> None:
    lost, asked = lost_of(clone.resources("small"))
    assert lost == []
    assert asked > 20


def test_a_state_that_was_lost_is_made_anew_of_what_is_there(clone: Clone) -> None:
    before = aws_in(clone.resources("small"))
    assert in_moto(clone.place) == before
    lost = {**clone.deployment("small"), "resources": []}
    write_state(clone, lost)
    done = clone.enclave("up", "small")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "which an earlier run made and could not record" in done.stderr
    assert aws_in(clone.resources("small")) == before
    assert in_moto(clone.place) == before, "nothing is there twice"
    again = clone.enclave("up", "small")
    assert "small plan: no changes" in again.stdout, again.stdout


def test_what_is_somebody_elses_is_named_and_left_alone(clone: Clone) -> None:
    kept = clone.deployment("small")
    name = "europe-dublin-1-flow-logs"
    iam = client(clone.place, "iam")
    iam.untag_role(RoleName=name, TagKeys=["enclave", "site", "Name"])
    iam.tag_role(RoleName=name, Tags=[{"Key": "enclave", "Value": "asia"}])
    without = [entry for entry in kept["resources"] if "flow-logs" not in entry["urn"]]
    write_state(clone, {**kept, "resources": without})
    done = clone.enclave("up", "small")
    assert done.returncode == 1
    assert f"{name} is there already and does not carry this enclave's tags" in done.stderr
    write_state(clone, kept)
    assert clone.pulumi("refresh", "--yes", "--skip-preview", "--stack", "small").returncode == 0
    mended = clone.enclave("up", "small")
    assert mended.returncode == 0, mended.stdout + mended.stderr


def test_recover_says_what_there_is_to_mend_and_changes_nothing(clone: Clone) -> None:
    assert clone.enclave("recover", "small").stdout.startswith("nothing to mend")
    deployment = clone.deployment("small")
    key = next(entry for entry in deployment["resources"] if entry["type"] == "aws:kms/key:Key")
    begun = {name: value for name, value in key.items() if name not in ("id", "outputs")}
    rest = without(deployment["resources"], key["urn"])
    broken_off = {**deployment, "resources": rest, "pending_operations": [{"type": "creating", "resource": begun}]}
    write_state(clone, broken_off)
    said = clone.enclave("recover", "small")
    assert said.returncode == 0, said.stderr
    assert "broke off within 1 operations" in said.stdout
    assert f"would take over {key['urn'].rpartition('::')[2]} (aws:kms/key:Key, {key['id']})" in said.stdout
    assert clone.deployment("small")["pending_operations"], "it only says so"
    done = clone.enclave("up", "small")
    assert done.returncode == 0, done.stdout + done.stderr
    assert in_moto(clone.place) == aws_in(clone.resources("small"))
