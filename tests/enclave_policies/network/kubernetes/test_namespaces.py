"""Which policy closes which namespace, and what a stack makes."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.judging.judge import try_read
from enclave_policies.kubernetes.objects import objects_of
from enclave_policies.law.folder import load_law
from enclave_policies.network.kubernetes.namespaces import closes_egress, is_system, namespaces_in
from enclave_policies.reading.stack import Stack
from enclave_policies.resources.resource import UNKNOWN, Resource

NETWORK = "networking.k8s.io/v1:NetworkPolicy"


def closed(token: str, spec: Any, namespace: Any = "app") -> str | None:
    metadata = {"name": "p", "namespace": namespace}
    return closes_egress(
        objects_of(Resource("urn", f"kubernetes:{token}", "p", {"metadata": metadata, "spec": spec}))[0]
    )


@pytest.mark.parametrize(
    ("token", "spec", "namespace"),
    [
        (NETWORK, {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}, "app"),
        (NETWORK, {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": []}]}, "app"),
        (NETWORK, {"podSelector": {}, "egress": []}, "app"),
        (NETWORK, {"podSelector": {"matchLabels": {}}, "policyTypes": ["Egress"]}, "app"),
        (NETWORK, {"podSelector": {}, "policyTypes": ["Ingress"]}, None),
        (NETWORK, {"podSelector": {}, "policyTypes": ["Ingress"], "egress": []}, None),
        (NETWORK, {"podSelector": {}}, None),
        (NETWORK, {"podSelector": {"matchLabels": {"a": "b"}}, "policyTypes": ["Egress"]}, None),
        (NETWORK, {"podSelector": {"matchExpressions": [{"key": "a"}]}, "policyTypes": ["Egress"]}, None),
        (NETWORK, {"podSelector": UNKNOWN, "policyTypes": ["Egress"]}, None),
        (NETWORK, {"policyTypes": ["Egress"]}, None),
        (NETWORK, UNKNOWN, None),
        (NETWORK, {}, None),
        ("cilium.io/v2:CiliumNetworkPolicy", {"endpointSelector": {}, "egress": [{}]}, "app"),
        ("cilium.io/v2:CiliumNetworkPolicy", {"endpointSelector": {}, "egressDeny": [{}]}, "app"),
        ("cilium.io/v2:CiliumNetworkPolicy", {"endpointSelector": {}, "ingress": [{}]}, None),
        ("cilium.io/v2:CiliumNetworkPolicy", {"endpointSelector": {"matchLabels": {"a": "b"}}, "egress": []}, None),
        ("cilium.io/v2:CiliumClusterwideNetworkPolicy", {"endpointSelector": {}, "egress": [{}]}, "*"),
        ("projectcalico.org/v3:NetworkPolicy", {"selector": "all()", "types": ["Egress"]}, "app"),
        ("projectcalico.org/v3:NetworkPolicy", {"selector": "a == 'b'", "types": ["Egress"]}, None),
        ("projectcalico.org/v3:GlobalNetworkPolicy", {"selector": "all()", "types": ["Egress"]}, "*"),
        ("projectcalico.org/v3:GlobalNetworkPolicy", {"types": ["Egress"]}, "*"),
        ("projectcalico.org/v3:GlobalNetworkPolicy", {"selector": "all()", "types": ["Ingress"]}, None),
        (
            "policy.networking.k8s.io/v1alpha1:AdminNetworkPolicy",
            {"subject": {"namespaces": {}}, "egress": [{"action": "Deny", "to": [{"networks": ["0.0.0.0/0"]}]}]},
            "*",
        ),
        (
            "policy.networking.k8s.io/v1alpha1:AdminNetworkPolicy",
            {"subject": {"namespaces": {}}, "egress": [{"action": "Allow", "to": []}]},
            None,
        ),
        ("core/v1:ConfigMap", {"podSelector": {}, "policyTypes": ["Egress"]}, None),
    ],
)
def test_a_policy_closes_its_namespace_only_if_it_isolates_the_egress_of_every_pod(
    token: str, spec: Any, namespace: str | None
) -> None:
    assert closed(token, spec) == namespace


def test_a_policy_without_a_namespace_closes_the_default_one_and_an_unknown_one_may_close_any() -> None:
    spec = {"podSelector": {}, "policyTypes": ["Egress"]}
    assert closed(NETWORK, spec, None) == "default"
    assert closed(NETWORK, spec, UNKNOWN) == "*"


def test_only_the_four_namespaces_of_every_cluster_are_the_systems() -> None:
    assert all(is_system(name) for name in ("default", "kube-system", "kube-public", "kube-node-lease"))
    assert not any(is_system(name) for name in ("kube-foo", "default2", "app", None, UNKNOWN))


def test_a_stack_knows_what_it_makes_and_closes_once_gathered() -> None:
    spec = {"podSelector": {}, "policyTypes": ["Egress"]}
    resources = [
        Resource("1", "kubernetes:core/v1:Namespace", "a", {"metadata": {"name": "a"}}),
        Resource("2", "kubernetes:core/v1:NamespacePatch", "b", {"metadata": {"name": "b"}}),
        Resource("3", f"kubernetes:{NETWORK}", "p", {"metadata": {"namespace": "a"}, "spec": spec}),
        Resource("4", "aws:s3/bucket:Bucket", "c", {"metadata": {"name": "c"}}),
    ]
    law = load_law()
    stack = Stack(try_read(resource, law) for resource in resources)
    found = namespaces_in(stack)
    assert found.made == {"a"}
    assert set(found.closed.values()) == {frozenset({"a"})}
    assert namespaces_in(stack) is found
