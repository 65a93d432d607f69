"""Policies of network plugins that only deny: they open nothing, whatever stands beside them.

Source: docs.tigera.io/calico (rules of a tier in order, then denied), docs.cilium.io (deny before allow),
network-policy-api.sigs.k8s.io (AdminNetworkPolicy), antrea.io/docs (ClusterNetworkPolicy).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import entries

if TYPE_CHECKING:
    from enclave_policies.kubernetes.objects import KubernetesObject

BY_ACTION: Final = (
    (r"(?:crd\.)?projectcalico\.org", r"(?:Global)?NetworkPolicy", frozenset({"Deny", "Log"})),
    (r"policy\.networking\.k8s\.io", r"(?:Baseline)?AdminNetworkPolicy", frozenset({"Deny"})),
    (r"crd\.antrea\.io", r"(?:Cluster)?NetworkPolicy", frozenset({"Drop", "Reject"})),
)
"""Group, kind, and the actions of rules that open nothing."""
DIRECTIONS: Final = ("ingress", "egress")
CILIUM: Final = (r"cilium\.io", r"Cilium(?:Clusterwide)?NetworkPolicy")
DENIALS: Final = frozenset({"ingressDeny", "egressDeny"})
HARMLESS: Final = frozenset(
    {*DENIALS, "endpointSelector", "nodeSelector", "enableDefaultDeny", "description", "labels"}
)
"""Fields of a policy of Cilium that open nothing."""


def only_denies(found: KubernetesObject) -> bool:
    """Return whether an object is a policy that can shut, and cannot open; one that is not known yet is none."""
    if found.patch:
        return False
    if _is(CILIUM, found):
        specs = found.body.get("specs")
        return all(_is_harmless(spec) for spec in (specs if isinstance(specs, list) else [found.body.get("spec")]))
    actions = next((actions for group, kind, actions in BY_ACTION if _is((group, kind), found)), None)
    spec = found.body.get("spec")
    if actions is None or not isinstance(spec, dict):
        return False
    rules = [rule for direction in DIRECTIONS for rule in entries(spec.get(direction))]
    return bool(rules) and all(isinstance(rule, dict) and rule.get("action") in actions for rule in rules)


def _is(told: tuple[str, str], found: KubernetesObject) -> bool:
    return bool(re.fullmatch(told[0], found.group) and re.fullmatch(told[1], found.kind))


def _is_harmless(spec: Any) -> bool:
    return isinstance(spec, dict) and HARMLESS.issuperset(spec) and not DENIALS.isdisjoint(spec)
