"""What every pod of a gateway, and of its front, has: no root, no token, no capability, a place in every building."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pulumi_kubernetes as k8s

if TYPE_CHECKING:
    import pulumi

    from components.declaration.model import KubernetesSite
    from components.site import SitePlan
    from hosts.gateway.starting import Program

ZONE: Final = "topology.kubernetes.io/zone"
DIGITS: Final = 16
"""Of the digest in a ConfigMap's name."""
LOCKED_DOWN: Final = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
UNPRIVILEGED: Final[dict[str, Any]] = {
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "runAsGroup": 65532,
    "fsGroup": 65532,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def bundle_name(name: str, digest: str) -> str:
    """Return the name of a bundle's ConfigMap: another bundle has another name, and pods of both can run meanwhile."""
    return f"{name}-{digest[:DIGITS]}"


def only_in(plan: SitePlan[KubernetesSite]) -> dict[str, Any]:
    """Return what keeps pods in the buildings that were handed over; nothing where all of them were."""
    if plan.open_zones == plan.zones:
        return {}
    chosen = {"key": ZONE, "operator": "In", "values": plan.open_zones}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [chosen]}]}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}


def pod_defaults(account: pulumi.Input[str], selector: dict[str, str], *, revision: str) -> dict[str, Any]:
    """Return what such a pod says beside containers, volumes and place; it meets Pod Security ``restricted``.

    ``revision`` is the label by which the cluster tells one revision's pods from another's.
    """
    return {
        "serviceAccountName": account,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "hostNetwork": False,
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": ZONE,
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": selector},
                # Each revision by itself: pods that are about to go would push new ones into one building.
                "matchLabelKeys": [revision],
            }
        ],
        "securityContext": {
            **UNPRIVILEGED,
            # A safe sysctl (Kubernetes, "Using sysctls"): who is nobody may listen where the segment's policy lets in.
            "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
        },
    }


def starting(program: Program) -> dict[str, Any]:
    """Return what a container says of its start: name, command, and the places that it sees."""
    mounts = [
        {"name": each.volume, "mountPath": each.path, **({} if each.written else {"readOnly": True})}
        for each in program.places
    ]
    return {"name": program.name, "command": list(program.command), "volumeMounts": mounts}


def disruption_budget(selector: dict[str, str]) -> k8s.policy.v1.PodDisruptionBudgetSpecArgs:
    """Return how many of such pods may go at a time."""
    return k8s.policy.v1.PodDisruptionBudgetSpecArgs(
        max_unavailable=1, selector=k8s.meta.v1.LabelSelectorArgs(match_labels=selector)
    )
