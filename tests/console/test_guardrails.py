"""The law is compiled for what a stack has: its organization's partition, its clusters."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from enclave_policies.law.folder import load_law

from components.clouds import Clouds, ClusterAccess, OrganizationAccess
from console.guardrails import compile_guardrails

if TYPE_CHECKING:
    from enclave_policies.law import Law

hamar = {
    "current-context": "hamar",
    "contexts": [{"name": "hamar", "context": {"cluster": "hamar", "user": "me"}}],
    "clusters": [{"name": "hamar", "cluster": {"server": "https://k8s.hamar.example:6443"}}],
}
ireland = OrganizationAccess("444455556666", "eu-west-1", "ou-ab12-cdefgh34")


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


def clouds(organization: OrganizationAccess | None, kubeconfig: object = hamar) -> Clouds:
    return Clouds(None, {"hamar": ClusterAccess("none", json.dumps(kubeconfig))}, organization)


def test_a_registered_cluster_gets_policies_with_its_own_nodes(law: Law) -> None:
    policies = compile_guardrails(clouds(None), law).admission["hamar"]
    assert len(policies) > 15
    assert "hamar-building-1" in json.dumps(policies)


def test_a_cluster_that_nobody_registered_gets_policies_that_know_no_node(law: Law) -> None:
    policies = compile_guardrails(clouds(None, {}), law).admission["hamar"]
    assert len(policies) > 15
    assert "hamar-building-1" not in json.dumps(policies)


def test_an_organization_gets_the_policies_of_its_partition(law: Law) -> None:
    (content,) = compile_guardrails(clouds(ireland), law).service_control.values()
    assert json.loads(content)["Statement"][0]["Condition"]["StringNotEquals"] == {"aws:RequestedRegion": ["eu-west-1"]}


@pytest.mark.parametrize("region", ["cn-north-1", "nowhere-1"])
def test_an_organization_where_nothing_is_approved_gets_none_as_its_provider_is_refused(region: str, law: Law) -> None:
    assert compile_guardrails(clouds(replace(ireland, region=region)), law).service_control == {}


def test_without_an_organization_there_is_nothing_to_attach(law: Law) -> None:
    assert compile_guardrails(clouds(None), law).service_control == {}
