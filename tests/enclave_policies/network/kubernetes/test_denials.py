"""A policy of a network plugin that only denies opens nothing; any other is one that the model does not read."""

from __future__ import annotations

from typing import Any, Final

import pytest
from enclave_policies.kubernetes.objects import objects_of
from enclave_policies.network.kubernetes import unreadable
from enclave_policies.network.kubernetes.denials import only_denies
from enclave_policies.network.kubernetes.unreadable import why_unreadable
from enclave_policies.resources.resource import Resource
from enclave_policies.resources.unknown import UNKNOWN

METADATA: Final = ("169.254.169.254/32",)
DENY: Final = {"action": "Deny", "destination": {"nets": METADATA}}
LOG: Final = {"action": "Log"}
ALLOW: Final = {"action": "Allow", "destination": {"nets": METADATA}}
PASS: Final = {"action": "Pass"}
CILIUM_DENY: Final = {"endpointSelector": {}, "egressDeny": [{"toEntities": ["world"]}]}
SHUTTING: Final = [
    ("crd.projectcalico.org/v1:GlobalNetworkPolicy", {"selector": "all()", "egress": [DENY, LOG]}),
    ("projectcalico.org/v3:GlobalNetworkPolicy", {"order": 10, "ingress": [DENY], "egress": [DENY]}),
    ("projectcalico.org/v3:NetworkPolicy", {"types": ["Ingress", "Egress"], "ingress": [DENY]}),
    ("cilium.io/v2:CiliumNetworkPolicy", CILIUM_DENY),
    ("cilium.io/v2:CiliumClusterwideNetworkPolicy", {**CILIUM_DENY, "enableDefaultDeny": {"egress": False}}),
    ("policy.networking.k8s.io/v1alpha1:AdminNetworkPolicy", {"priority": 5, "subject": {}, "egress": [DENY]}),
    ("policy.networking.k8s.io/v1alpha1:BaselineAdminNetworkPolicy", {"subject": {}, "ingress": [DENY]}),
    ("crd.antrea.io/v1beta1:ClusterNetworkPolicy", {"egress": [{"action": "Drop"}, {"action": "Reject"}]}),
]
OPENING: Final = [
    ("crd.projectcalico.org/v1:GlobalNetworkPolicy", {"egress": [DENY, ALLOW]}),
    ("projectcalico.org/v3:NetworkPolicy", {"egress": [DENY, PASS]}),
    ("projectcalico.org/v3:NetworkPolicy", {"egress": [DENY], "ingress": [ALLOW]}),
    ("projectcalico.org/v3:NetworkPolicy", {"egress": [DENY, {"action": UNKNOWN}]}),
    ("projectcalico.org/v3:NetworkPolicy", {"egress": UNKNOWN}),
    ("projectcalico.org/v3:NetworkPolicy", {"egress": [DENY], "ingress": UNKNOWN}),
    ("projectcalico.org/v3:NetworkPolicy", {"selector": "all()"}),
    ("projectcalico.org/v3:NetworkPolicy", UNKNOWN),
    ("projectcalico.org/v3:Tier", {"egress": [DENY]}),
    ("cilium.io/v2:CiliumNetworkPolicy", {**CILIUM_DENY, "egress": [{"toEntities": ["world"]}]}),
    ("cilium.io/v2:CiliumNetworkPolicy", {"endpointSelector": {}, "ingress": [{}]}),
    ("cilium.io/v2:CiliumNetworkPolicy", {"endpointSelector": {}}),
    ("policy.networking.k8s.io/v1alpha1:AdminNetworkPolicy", {"egress": [{"action": "Allow"}]}),
    ("crd.antrea.io/v1beta1:ClusterNetworkPolicy", {"egress": [{"action": "Allow"}]}),
    ("nsx.vmware.com/v1:SecurityPolicy", {"egress": [DENY]}),
]


def why(type_: str, spec: Any) -> str | None:
    resource = Resource("urn:x", f"kubernetes:{type_}", "x", {"metadata": {"name": "x"}, "spec": spec})
    (found,) = objects_of(resource)
    return why_unreadable(found)


@pytest.mark.parametrize(("type_", "spec"), SHUTTING)
def test_what_only_denies_opens_nothing(type_: str, spec: Any) -> None:
    assert why(type_, spec) is None


@pytest.mark.parametrize(("type_", "spec"), OPENING)
def test_what_may_open_is_told(type_: str, spec: Any) -> None:
    assert "policy of a network plugin" in str(why(type_, spec))


def test_several_policies_in_one_must_all_deny() -> None:
    for specs, told in (([CILIUM_DENY, CILIUM_DENY], True), ([CILIUM_DENY, {"endpointSelector": {}}], False)):
        props = {"metadata": {"name": "x"}, "specs": specs}
        (found,) = objects_of(Resource("urn:x", "kubernetes:cilium.io/v2:CiliumNetworkPolicy", "x", props))
        assert only_denies(found) is told


def test_a_patch_is_not_the_whole_policy() -> None:
    props = {"metadata": {"name": "x"}, "spec": {"egress": [DENY]}}
    (found,) = objects_of(Resource("urn:x", "kubernetes:projectcalico.org/v3:NetworkPolicyPatch", "x", props))
    assert not only_denies(found)


def test_a_reader_that_takes_every_policy_for_a_denial_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(unreadable, "only_denies", lambda _found: True)
    assert [why(*each) for each in OPENING] == [None] * len(OPENING)
