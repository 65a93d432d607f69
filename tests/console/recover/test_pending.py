"""What was under way when an engine was killed, and the state as it should be."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.resources.exported_values import SIGNATURE

from console.gate.recover.adopting import adopted, without_masked
from console.gate.recover.pending import Begun, begun, planned, touched

PROVIDER = "urn:pulumi:s::enclave::pulumi:providers:aws::dublin-1-aws"
VPC = "urn:pulumi:s::enclave::aws:ec2/vpc:Vpc::network"
STACK = "urn:pulumi:s::enclave::pulumi:pulumi:Stack::enclave-s"
STACK_ENTRY = {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False}
PROVIDER_ENTRY = {
    "urn": PROVIDER,
    "type": "pulumi:providers:aws",
    "custom": True,
    "id": "p1",
    "inputs": {"region": "eu-west-1"},
}


def vpc(**more: Any) -> dict[str, Any]:
    """Return a VPC's entry."""
    inputs = {"cidrBlock": "10.0.0.0/16"}
    given = {"urn": VPC, "type": "aws:ec2/vpc:Vpc", "custom": True, "inputs": inputs, "provider": f"{PROVIDER}::p1"}
    return {**given, "parent": STACK, **more}


def deployment(*entries: dict[str, Any], **operations: dict[str, Any]) -> dict[str, Any]:
    """Return a deployment of these entries, with an operation of each name under way."""
    under_way = [{"type": kind, "resource": entry} for kind, entry in operations.items()]
    return {"resources": [STACK_ENTRY, *entries], "pending_operations": under_way}


@pytest.mark.parametrize(("kind", "expected"), [("creating", 1), ("importing", 1), ("updating", 0), ("deleting", 0)])
def test_what_was_being_made_may_be_there(kind: str, expected: int) -> None:
    found = list(begun(deployment(PROVIDER_ENTRY, **{kind: vpc()})))
    assert len(found) == expected
    assert all(each.provider == {"region": "eu-west-1"} for each in found)


@pytest.mark.parametrize(
    ("kind", "expected"), [("creating", ()), ("updating", (VPC,)), ("deleting", (VPC,)), ("reading", ())]
)
def test_what_was_being_changed_is_read_again(kind: str, expected: tuple[str, ...]) -> None:
    assert touched(deployment(vpc(id="vpc-1"), **{kind: vpc(id="vpc-1")})) == expected


def test_a_found_resource_stands_in_the_state_with_its_id_and_nothing_is_under_way() -> None:
    before = deployment(PROVIDER_ENTRY, creating=vpc())
    one = next(begun(before))
    after = adopted(before, {VPC: (one, "vpc-1")}, {})
    assert after["pending_operations"] == []
    assert [entry["urn"] for entry in after["resources"]] == [STACK, PROVIDER, VPC]
    assert after["resources"][-1]["id"] == "vpc-1"
    assert after["resources"][-1]["outputs"] == {}
    assert before["pending_operations"], "a pure function changes nothing"


def test_what_was_not_found_is_forgotten() -> None:
    before = deployment(PROVIDER_ENTRY, creating=vpc())
    after = adopted(before, {}, {})
    assert [entry["urn"] for entry in after["resources"]] == [STACK, PROVIDER]
    assert after["pending_operations"] == []


def test_a_replacement_stands_beside_the_old_one_which_awaits_its_deletion() -> None:
    before = deployment(PROVIDER_ENTRY, vpc(id="vpc-old"), creating=vpc())
    after = adopted(before, {VPC: (next(begun(before)), "vpc-new")}, {})
    both = [(entry["id"], entry.get("delete", False)) for entry in after["resources"] if entry["urn"] == VPC]
    assert both == [("vpc-old", True), ("vpc-new", False)]


def test_parents_and_providers_that_the_state_lost_come_from_the_plan() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
    provider = {**PROVIDER_ENTRY, "id": "", "parent": STACK, "inputs": {"region": "eu-west-1", "secretKey": secret}}
    created = {STACK: STACK_ENTRY, PROVIDER: provider, VPC: vpc(provider=f"{PROVIDER}::unknown", password=secret)}
    empty: dict[str, Any] = {"resources": []}
    wanted = {each.urn: each for each in planned(created, empty)}
    assert wanted[VPC].provider["region"] == "eu-west-1"
    after = adopted(empty, {VPC: (wanted[VPC], "vpc-1")}, created)
    stack, made, last = after["resources"]
    assert (stack["urn"], made["urn"], last["urn"]) == (STACK, PROVIDER, VPC)
    assert made["inputs"] == made["outputs"] == {"region": "eu-west-1"}, "what the engine masks is left out"
    assert last["provider"] == f"{PROVIDER}::{made['id']}"
    assert made["id"] not in ("", "unknown")


def test_masked_values_are_left_out_wherever_they_stand() -> None:
    masked = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
    assert without_masked({"a": 1, "b": masked, "c": [{"d": masked}]}) == {"a": 1}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"Name": "x"}, {"Name": "x"}),
        ([{"key": "Name", "value": "x", "propagateAtLaunch": True}], {"Name": "x"}),
        (None, {}),
        ("x", {}),
    ],
)
def test_tags_are_read_in_both_forms(tags: Any, expected: dict[str, str]) -> None:
    assert Begun(vpc(inputs={"tags": tags}), {}).tags == expected
