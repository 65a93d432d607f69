"""Drift is what was given and stands otherwise now; what a cloud makes up by itself is none."""

from __future__ import annotations

from typing import Any

import pytest

from console.ci.drift import Drift, drifted

URN = "urn:pulumi:eu-prod::enclave::enclave:index:Site$aws:ec2/securityGroup:SecurityGroup::store::1"
GIVEN: dict[str, Any] = {
    "name": "store",
    "tags": {"team": "a"},
    "ingress": [{"fromPort": 443, "cidrBlocks": ["10.0.0.0/8"]}, {"fromPort": 5432, "cidrBlocks": ["10.1.0.0/16"]}],
    "spec": {"policyTypes": ["Ingress"]},
    "policy": '{"Version": "2012-10-17", "Statement": []}',
}
TOLD = {**GIVEN, "arn": "arn:aws:…", "tags": {"team": "a", "made-by": "aws"}, "version": "1"}


def state(outputs: dict[str, Any] | None, **entry: Any) -> dict[str, Any]:
    """Return a deployment of one resource; None: of none."""
    one = {"urn": URN, "type": "aws:ec2/securityGroup:SecurityGroup", "custom": True, "inputs": GIVEN, **entry}
    return {"resources": [] if outputs is None else [{**one, "outputs": outputs}]}


@pytest.mark.parametrize(
    "now",
    [
        TOLD,
        {**TOLD, "version": "2", "arn": "arn:aws:other"},
        {**TOLD, "tags": {"team": "a"}},
        {**TOLD, "ingress": list(reversed(GIVEN["ingress"]))},
        {**TOLD, "policy": '{"Statement":[],"Version":"2012-10-17"}'},
    ],
)
def test_what_a_cloud_makes_up_is_no_drift(now: dict[str, Any]) -> None:
    assert list(drifted(state(TOLD), state(now))) == []


@pytest.mark.parametrize(
    ("now", "properties"),
    [
        ({**TOLD, "tags": {"team": "b"}}, ("tags",)),
        ({**TOLD, "ingress": [*GIVEN["ingress"], {"fromPort": 22, "cidrBlocks": ["0.0.0.0/0"]}]}, ("ingress",)),
        ({**TOLD, "ingress": GIVEN["ingress"][:1]}, ("ingress",)),
        ({**TOLD, "ingress": [{**one, "ipv6CidrBlocks": ["::/0"]} for one in GIVEN["ingress"]]}, ("ingress",)),
        ({**TOLD, "spec": {"policyTypes": ["Ingress"], "ingress": [{}]}}, ("spec",)),
        ({**TOLD, "policy": '{"Version": "2012-10-17", "Statement": [{}]}', "name": "x"}, ("name", "policy")),
        ({name: value for name, value in TOLD.items() if name != "policy"}, ("policy",)),
    ],
)
def test_what_somebody_changed_is_named_without_values(now: dict[str, Any], properties: tuple[str, ...]) -> None:
    assert list(drifted(state(TOLD), state(now))) == [Drift(URN, properties)]


def test_what_is_gone_is_named() -> None:
    (found,) = drifted(state(TOLD), state(None))
    assert (found.properties, found.name, found.type) == (None, "store::1", "aws:ec2/securityGroup:SecurityGroup")


def test_what_is_no_object_of_a_cloud_is_passed_over() -> None:
    assert list(drifted(state(TOLD, custom=False), state(None))) == []
    assert list(drifted(state(TOLD, type="pulumi:providers:aws"), state(None))) == []
    assert list(drifted(state(TOLD, delete=True), state(None))) == []
