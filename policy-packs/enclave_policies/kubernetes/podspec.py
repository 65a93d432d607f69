"""Where the pods stand that an object makes: whether they can be read at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from enclave_policies.kubernetes.objects import KubernetesObject

POD_SPECS: Final = {
    **dict.fromkeys(
        ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "Job", "ReplicationController"),
        ("spec", "template", "spec"),
    ),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    "Pod": ("spec",),
    "PodTemplate": ("template", "spec"),
}
"""Kind → where its pod's specification stands."""


def pod_spec(found: KubernetesObject) -> Any:
    """Return the pod's specification; None where there is none, UNKNOWN where it or a part above it is not known."""
    way = POD_SPECS.get(found.kind)
    if way is None or found.custom:
        return None
    value: Any = found.body
    for name in way:
        value = value.get(name) if isinstance(value, dict) else UNKNOWN if value is not None else None
    return value if isinstance(value, dict) or value is None else UNKNOWN


def path_of_pods(found: KubernetesObject) -> str:
    """Return the path of a pod's specification in the whole resource, for an object that has one."""
    return f"{found.path}{'.'.join(POD_SPECS[found.kind])}"
