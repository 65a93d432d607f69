"""The inspector's receiver: its place is the law's to approve, and the way there is one address and one port."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.rules.jurisdiction import JURISDICTION
from enclave_policies.rules.segmentation import SEGMENTATION

from tests.enclave_policies.access.cases import law
from tests.enclave_policies.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.resources.resource import Resource

RULES = (*JURISDICTION, *SEGMENTATION)
POLICY = "NetworkPolicy hamar-gateway-to-10.240.7.10-32-tcp-443"
INTENT = "NetworkIntent europe-network-intent"
PODS = "StatefulSet hamar-employees"
HOST = "alerts.norsk-tilsyn.example"
CASES: Mapping[str, tuple[dict[str, dict[str, str]], str, str]] = {
    "a host of somebody else's": (
        {PODS: {f"--to=https://{HOST}": "--to=https://records.example.com"}},
        "JUR-",
        "records",
    ),
    "a host of AWS abroad": ({PODS: {f"--to=https://{HOST}": "--to=https://s3.us-east-1.amazonaws.com"}}, "JUR-", "US"),
    "an address of the internet": ({POLICY: {"10.240.7.10/32": "198.51.100.7/32"}}, "JUR-041", "198.51.100.7/32"),
    "a wider network": ({POLICY: {"10.240.7.10/32": "10.240.7.0/24"}}, "SEG-002", "hamar/gateway -> elsewhere"),
    "another port": ({POLICY: {"443": "22"}}, "SEG-002", "hamar/gateway -> inspector on tcp 22"),
    "another segment": ({POLICY: {"enclave-gateway": "enclave-store"}}, "SEG-002", "hamar/store -> inspector"),
    "no way": ({POLICY: {"10.240.7.10/32": "10.32.0.1/32"}}, "SEG-", "hamar/gateway -> inspector"),
}


@pytest.fixture(scope="module")
def hamar() -> tuple[Resource, ...]:
    kept = ("kubernetes:", "enclave:", "pulumi:providers:kubernetes")
    return tuple(one for one in shipped("eu-prod") if one.type.startswith(kept))


def found(stack: tuple[Resource, ...]) -> list[str]:
    return [each.message for told in judge_stack([*stack], law(), RULES).values() for each in told]


def changed(stack: tuple[Resource, ...], changes: Mapping[str, Mapping[str, str]]) -> tuple[Resource, ...]:
    left = dict(changes)
    made = []
    for one in stack:
        texts = left.pop(f"{one.type.rpartition(':')[2]} {one.name}", None)
        said = json.dumps(dict(one.props)) if texts else ""
        for before, after in (texts or {}).items():
            assert before in said
            said = said.replace(before, after)
        made.append(replace(one, props=json.loads(said)) if texts else one)
    assert not left
    return tuple(made)


@pytest.mark.parametrize("case", CASES)
def test_a_receiver_elsewhere_and_a_wider_way_are_refused(case: str, hamar: tuple[Resource, ...]) -> None:
    changes, rule, words = CASES[case]
    before = found(hamar)
    new = [message for message in found(changed(hamar, changes)) if message not in before]
    assert any(message.startswith(rule) and words in message for message in new), new


def test_the_declared_receiver_is_as_it_should_be(hamar: tuple[Resource, ...]) -> None:
    assert [
        message for message in found(hamar) if "10.240" in message or HOST in message or "inspector" in message
    ] == []
