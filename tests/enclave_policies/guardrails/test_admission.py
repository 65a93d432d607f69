"""The admission policies as documents; what a real API server makes of them is proved in tests/engine."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from enclave_policies.guardrails.admission import AdmissionPolicy, admission_policies
from enclave_policies.guardrails.admission.cel import matches, own_network, texts
from enclave_policies.guardrails.admission.nodes import place
from enclave_policies.guardrails.admission.policy import Check, Resources, text
from enclave_policies.law.facts import Nodes
from enclave_policies.law.folder import load_law
from enclave_policies.rules.jurisdiction import JURISDICTION

if TYPE_CHECKING:
    from enclave_policies.law import Law


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.fixture(scope="module")
def policies(law: Law) -> tuple[AdmissionPolicy, ...]:
    return admission_policies(law, law.clusters[0])


def test_every_policy_fails_closed_and_denies_what_is_created_or_changed(policies: tuple[AdmissionPolicy, ...]) -> None:
    for policy in policies:
        spec = policy.policy["spec"]
        assert spec["failurePolicy"] == "Fail"
        assert all(rule["operations"] == ["CREATE", "UPDATE"] for rule in spec["matchConstraints"]["resourceRules"])
        assert all(rule["apiVersions"] == ["*"] for rule in spec["matchConstraints"]["resourceRules"])
        assert policy.binding["spec"] == {
            "policyName": policy.policy["metadata"]["name"],
            "validationActions": ["Deny"],
        }


def test_names_are_unique_and_the_documents_the_same_every_time(
    law: Law, policies: tuple[AdmissionPolicy, ...]
) -> None:
    names = [policy.policy["metadata"]["name"] for policy in policies]
    assert len(set(names)) == len(names) > 15
    again = admission_policies(law, law.clusters[0])
    assert json.dumps([p.policy for p in again]) == json.dumps([p.policy for p in policies])


def test_every_refusal_names_a_rule_of_the_pack(policies: tuple[AdmissionPolicy, ...]) -> None:
    known = {rule.id for rule in JURISDICTION}
    for policy in policies:
        for validation in policy.policy["spec"]["validations"]:
            assert validation["message"].partition(":")[0] in known, validation["message"]
            assert len(validation.get("messageExpression", "")) < 5000


def test_what_the_law_approves_is_written_into_the_expressions(law: Law) -> None:
    other = replace(law, registries=frozenset({"images.example"}), dns_zones=frozenset({"bergen.example"}), networks=())
    said = json.dumps([policy.policy for policy in admission_policies(other, law.clusters[0])])
    assert "images.example/" in said
    assert ".bergen.example" in said
    assert "10.0.0.0/8" not in said
    assert "hamar.example" not in said.replace("k8s.hamar.example", "")


def test_a_cluster_that_the_law_does_not_know_has_no_nodes_of_its_own(law: Law) -> None:
    said = json.dumps([policy.policy for policy in admission_policies(law, None)])
    assert "hamar-building" not in said
    names = [policy.name for policy in admission_policies(law, None)]
    assert "nodes" in names, "nothing may be placed by node"
    assert not {"joining-nodes", "volume-nodes"} & set(names), "but the cluster's own machinery goes on"


def test_an_empty_list_approves_nothing() -> None:
    assert matches("x", []) == "(false)"
    assert place("k", "v", Nodes()).count("(false)") == 3


def test_a_pattern_with_a_star_is_a_beginning_and_every_other_a_whole_name() -> None:
    assert matches("x", ["b", "hamar-*", "a"]) == '(x in ["a", "b"] || x.startsWith("hamar-"))'


def test_a_network_counts_with_loopback_and_link_local_ones(law: Law) -> None:
    said = own_network("b", law)
    assert 'cidr("10.0.0.0/8").containsCIDR(b)' in said
    assert 'cidr("169.254.0.0/16").containsCIDR(b)' in said


def test_a_text_cannot_leave_its_quotes() -> None:
    assert text('a"b\\c') == '"a\\"b\\\\c"'
    assert texts(["b", 'a"']) == '["a\\"", "b"]'


def test_a_check_may_name_a_rule_of_its_own() -> None:
    checks = (Check("true", "a"), Check("true", "b", "object.x", rule="JUR-019"))
    made = AdmissionPolicy("n", "JUR-018", (Resources("", ("pods",)),), checks).policy["spec"]["validations"]
    assert [item["message"] for item in made] == ["JUR-018: a", "JUR-019: b"]
    assert made[1]["messageExpression"] == '"JUR-019: b: " + object.x'
