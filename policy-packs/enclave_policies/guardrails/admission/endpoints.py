"""What stands behind a service by hand lies in the enclave's networks (JUR-021)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.guardrails.admission.cel import lower, matches, own_address, own_host
from enclave_policies.guardrails.admission.policy import AdmissionPolicy, Check, Resources

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.law.facts import Nodes

CONTROLLERS: Final = ("endpoint-controller", "endpointslice-controller", "endpointslicemirroring-controller")
OWN: Final = (
    "!(request.userInfo.username in ['system:apiserver', 'system:kube-controller-manager', "
    + ", ".join(f"'system:serviceaccount:kube-system:{name}'" for name in CONTROLLERS)
    + "])"
)
"""Endpoints of running pods and of the API server itself, which their controllers write."""


def endpoints(law: Law, nodes: Nodes) -> AdmissionPolicy:
    """Return the policy for Endpoints and EndpointSlices that people or programs write."""
    subsets = "(object.kind == 'Endpoints' ? dyn(object).?subsets.orValue([]) : [])"
    listed = f"{subsets}.map(s, s.?addresses.orValue([]) + s.?notReadyAddresses.orValue([])).flatten().map(a, a.ip)"
    sliced = "variables.slices.map(e, e.addresses).flatten()"
    zoned = f"!has(e.zone) || {matches('e.zone', nodes.zones)}"
    return AdmissionPolicy(
        name="endpoints",
        rule="JUR-021",
        resources=(Resources("", ("endpoints",)), Resources("discovery.k8s.io", ("endpointslices",))),
        conditions={"not-the-control-planes-own": OWN},
        variables={
            "slices": "object.kind == 'EndpointSlice' ? dyn(object).?endpoints.orValue([]) : []",
            "named": "object.kind == 'EndpointSlice' && dyn(object).addressType == 'FQDN'",
            "all": f"{listed} + {sliced}",
            "hosts": lower("(variables.named ? variables.all : [])"),
            "addresses": "variables.named ? [] : variables.all",
        },
        checks=(
            Check(
                f"variables.addresses.all(a, {own_address('a', law)})",
                "endpoints must have own addresses",
                "variables.addresses.join(', ')",
            ),
            Check(
                f"variables.hosts.all(h, {own_host('h', law)})",
                "endpoints must be hosts of an own zone or of the cluster",
                "variables.hosts.join(', ')",
            ),
            Check(
                f"variables.slices.all(e, (!has(e.nodeName) || {matches('e.nodeName', nodes.names)}) && ({zoned}))",
                "endpoints must be on nodes of this site",
                rule="JUR-019",
            ),
        ),
    )
