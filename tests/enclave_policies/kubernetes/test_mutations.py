"""Policies that change objects may label and harden; whatever else they set, or hide, is doubted."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.kubernetes.mutations import doubt_of_expression, doubts_of_policy
from enclave_policies.kubernetes.objects import objects_of
from enclave_policies.resources.resource import UNKNOWN, Resource

POLICY = "admissionregistration.k8s.io/v1:MutatingAdmissionPolicy"


def doubts(token: str, spec: Any) -> list[tuple[str, str]]:
    return list(doubts_of_policy(objects_of(Resource("urn", f"kubernetes:{token}", "p", {"spec": spec}))[0]))


@pytest.mark.parametrize(
    "text",
    [
        "Object{metadata: Object.metadata{labels: {'enclave/segment': 'app', \"b\": \"nodeName\"}}}",
        "[JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('a/b'), value: 'c'}]",
        '[JSONPatch{op: "add", path: "/spec/template/metadata/labels/x", value: "c"}]',
        "[JSONPatch{op: 'replace', path: '/spec/automountServiceAccountToken', value: false}]",
        "Object{spec: Object.spec{securityContext: Object.spec.securityContext{runAsNonRoot: true}}}",
        "Object{spec: Object.spec{containers: object.spec.containers.map(c, Object.spec.containers{name: c.name})}}",
        "Object{spec: variables.nodeSelector}",
    ],
)
def test_labels_and_hardening_raise_no_doubt(text: str) -> None:
    assert doubt_of_expression(text) is None


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Object{spec: Object.spec{nodeSelector: {'a': 'b'}}}", "it names nodeSelector"),
        ("Object{metadata: Object.metadata{annotations: {'a': 'b'}}}", "it names annotations"),
        ("[JSONPatch{op: 'add', path: '/spec/nodeName', value: 'a'}]", "it names nodeName"),
        ("[JSONPatch{op: 'add', path: '/spec/containers/0/image', value: 'a'}]", "it names image"),
        ("[JSONPatch{op: 'add', path: '/metadata/annotations', value: {}}]", "it names annotations"),
        ("[JSONPatch{op: 'add', path: '/spec/' + 'nodeName', value: 'a'}]", "it puts a path together"),
        ("[JSONPatch{op: 'add', path: object.metadata.name, value: 'a'}]", "it puts a path together"),
        ("[JSONPatch{op: 'move', from: variables.a, path: '/spec/replicas'}]", "it puts a path together"),
        ("params.patch", "it names params"),
        (UNKNOWN, "what it changes is not known yet"),
        (None, "what it changes is not known yet"),
    ],
)
def test_whatever_else_is_set_or_put_together_is_doubted(text: Any, doubt: str) -> None:
    assert doubt_of_expression(text) == doubt


def test_variables_are_read_as_the_mutations_are() -> None:
    spec = {
        "variables": [{"name": "nodeSelector", "expression": "Object.spec{nodeSelector: {}}"}],
        "mutations": [{"applyConfiguration": {"expression": "Object{spec: variables.nodeSelector}"}}],
    }
    assert doubts(POLICY, spec) == [("spec.variables.expression", "it names nodeSelector")]


@pytest.mark.parametrize("spec", [UNKNOWN, {}, {"mutations": []}, {"mutations": [UNKNOWN]}, {"mutations": UNKNOWN}])
def test_mutations_that_are_not_known_are_doubted(spec: Any) -> None:
    assert [words for _, words in doubts(POLICY, spec)] == ["what it changes is not known yet"]


def test_a_patch_may_leave_the_mutations_as_they_are() -> None:
    assert doubts(f"{POLICY}Patch", {"failurePolicy": "Fail"}) == []


def test_a_binding_with_parameters_is_doubted() -> None:
    binding = "admissionregistration.k8s.io/v1:MutatingAdmissionPolicyBinding"
    assert doubts(binding, {"policyName": "p"}) == []
    assert doubts(binding, {"policyName": "p", "paramRef": {}}) == [("spec.paramRef", "another object says how")]
    assert doubts(binding, UNKNOWN) == [("spec.paramRef", "another object says how")]


@pytest.mark.parametrize(
    ("rule", "doubt"),
    [
        ({"mutate": {"patchStrategicMerge": {"spec": {"+(nodeSelector)": {}}}}}, "it names nodeSelector"),
        ({"mutate": {"patchStrategicMerge": {"metadata": {"labels": {"+(image)": "a"}}}}}, None),
        ({"mutate": {"patchesJson6902": "- op: add\n  path: /spec/nodeName\n  value: a"}}, "it names nodeName"),
        ({"mutate": {"patchesJson6902": '[{"op": "add", "path": "/spec/hostAliases"}]'}}, "it names hostAliases"),
        ({"mutate": {"patchesJson6902": "- op: add\n  path: /metadata/labels/image\n  value: a"}}, None),
        (
            {"mutate": {"foreach": [{"list": "x", "patchStrategicMerge": {"spec": {"containers": [{"image": "a"}]}}}]}},
            "it names image",
        ),
        ({"generate": {"kind": "ConfigMap"}}, "it makes objects that no judge sees beforehand"),
        ({"validate": {"pattern": {"spec": {"nodeName": "a"}}}}, None),
        (UNKNOWN, "what it changes is not known yet"),
    ],
)
def test_kyverno_is_read_rule_by_rule(rule: Any, doubt: str | None) -> None:
    assert [words for _, words in doubts("kyverno.io/v1:ClusterPolicy", {"rules": [rule]})] == (
        [doubt] if doubt else []
    )


def test_kyvernos_newer_kinds_are_read_too() -> None:
    mutating = {
        "mutations": [{"jsonPatch": {"expression": "[JSONPatch{op: 'add', path: '/spec/nodeName', value: 'a'}]"}}]
    }
    assert doubts("policies.kyverno.io/v1alpha1:MutatingPolicy", mutating) == [
        ("spec.mutations.jsonPatch.expression", "it names nodeName")
    ]
    assert [path for path, _ in doubts("policies.kyverno.io/v1alpha1:GeneratingPolicy", {"generate": []})] == ["spec"]
    assert doubts("kyverno.io/v1:Policy", UNKNOWN) == [("spec", "what it changes is not known yet")]


@pytest.mark.parametrize(
    ("kind", "spec", "doubt"),
    [
        ("Assign", {"location": "spec.nodeSelector.zone"}, "it names nodeSelector"),
        ("Assign", {"location": "spec.containers[name:image].imagePullPolicy"}, None),
        ("AssignMetadata", {"location": "metadata.labels.owner"}, None),
        ("AssignMetadata", {"location": "metadata.annotations.owner"}, "it names annotations"),
        ("AssignImage", {"location": "spec.containers[name:*].image"}, "it sets images"),
        ("ModifySet", {"location": UNKNOWN}, "what it changes is not known yet"),
        ("Assign", UNKNOWN, "what it changes is not known yet"),
    ],
)
def test_gatekeeper_is_read_by_location(kind: str, spec: Any, doubt: str | None) -> None:
    found = doubts(f"mutations.gatekeeper.sh/v1:{kind}", spec)
    assert found == ([("spec.location", doubt)] if doubt else [])


def test_other_kinds_change_nothing() -> None:
    assert doubts("admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy", {"mutations": [UNKNOWN]}) == []
    assert doubts("acme.example/v1:Policy", UNKNOWN) == []
