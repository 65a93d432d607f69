"""Network policies open ways inside the enclave's networks only (JUR-016)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.guardrails.admission.cel import own_network
from enclave_policies.guardrails.admission.policy import AdmissionPolicy, Check, Resources

if TYPE_CHECKING:
    from enclave_policies.law import Law

EGRESS = "dyn(object).?spec.?egress.orValue([])"
INGRESS = "dyn(object).?spec.?ingress.orValue([])"


def network_policies(law: Law) -> AdmissionPolicy:
    """Return the policy; a rule for egress without a peer means the whole world."""
    return AdmissionPolicy(
        name="network-policies",
        rule="JUR-016",
        resources=(Resources("networking.k8s.io", ("networkpolicies",)),),
        variables={
            "peers": f"{EGRESS}.map(r, r.?to.orValue([])).flatten() + {INGRESS}.map(r, r.?from.orValue([])).flatten()",
            "blocks": "variables.peers.filter(p, has(p.ipBlock)).map(p, p.ipBlock.cidr)",
        },
        checks=(
            Check(
                f"variables.blocks.all(b, {own_network('b', law)})",
                "a network policy may open ways inside own networks only",
                "variables.blocks.join(', ')",
            ),
            Check(
                f"{EGRESS}.all(r, size(r.?to.orValue([])) > 0)",
                "a rule for egress without 'to' opens the whole world; name the peers",
            ),
        ),
    )
