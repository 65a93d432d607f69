"""Services that let in from outside, past what network policies can be relied on to stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import entries
from enclave_policies.network.kubernetes.balancers import BALANCER, loose
from enclave_policies.network.kubernetes.pods import Pod, container_port, whole_number
from enclave_policies.network.kubernetes.selectors import Selector
from enclave_policies.network.ports import NOTHING, PortSet
from enclave_policies.resources.unknown import UNKNOWN, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclave_policies.kubernetes.objects import KubernetesObject

INSIDE: Final = (None, "ClusterIP", "ExternalName")


@dataclass(frozen=True, slots=True)
class Service:
    """A Service; ``opened``: in words what opens it from outside, none where nothing does.

    An ExternalName is an alias in DNS only: the asking pod's own policies judge where its packets go. ``alias`` is what
    it stands for, None for any other Service.
    """

    namespace: str | Unknown
    name: str
    pods: Selector
    ports: tuple[Any, ...]
    opened: tuple[str, ...]
    alias: str | Unknown | None = None

    def on(self, pod: Pod) -> PortSet:
        """Return the ports of a pod that it leads to; every port where one is not known."""
        if self.namespace not in (pod.namespace, UNKNOWN) or self.pods.matches(pod.labels) is False:
            return NOTHING
        whole = NOTHING
        for port in self.ports:
            whole = whole.union(_target(port, pod))
        return whole

    def __str__(self) -> str:
        """Return what it is called in messages."""
        return f"Service {'?' if self.namespace is UNKNOWN else self.namespace}/{self.name}"


def read_service(found: KubernetesObject, namespace: str | Unknown, name: str) -> Service:
    """Return the Service of an object; a type or an address that is not known counts as open.

    A balancer that hides nobody and opens no node is judged by network policies, as any packet.
    """
    spec = found.spec
    if spec is UNKNOWN:
        return Service(namespace, name, Selector(known=False), (UNKNOWN,), ("what kind it is, is not known",))
    kind, external = spec.get("type"), entries(spec.get("externalIPs"))
    kept = kind in INSIDE or (kind == BALANCER and not any(loose(spec)))
    opened = [] if kept else [f"type {kind}" if isinstance(kind, str) else "a type that is not known"]
    if external:
        opened.append("external IPs")
    # without a selector it leads to what Endpoints name, which are told as not known
    selector = spec.get("selector")
    pods = Selector.of_labels(selector) if selector else Selector(known=False) if opened else Selector()
    given = spec.get("externalName") if kind == "ExternalName" else None
    alias = None if kind != "ExternalName" else given if isinstance(given, str) else UNKNOWN
    return Service(namespace, name, pods, tuple(entries(spec.get("ports"))), tuple(opened), alias)


def target_ports(port: Any, pods: Sequence[Pod]) -> PortSet | None:
    """Return what a Service's port means at its pods, None where its name or number is not known or nobody's."""
    wanted = port.get("targetPort", port.get("port")) if isinstance(port, dict) else None
    if not isinstance(wanted, str) and whole_number(wanted) is None:
        return None
    named = [pod for pod in pods if pod.names is not None]
    if isinstance(wanted, str) and not named:
        return None
    found = NOTHING
    for pod in named or [Pod("")]:
        found = found.union(_target(port, pod))
    return found or None


def _target(port: Any, pod: Pod) -> PortSet:
    if not isinstance(port, dict):
        return container_port(UNKNOWN)
    protocol = port.get("protocol") or "TCP"
    wanted = port.get("targetPort", port.get("port"))
    if not isinstance(protocol, str):
        return container_port(UNKNOWN)
    if isinstance(wanted, str):
        return pod.named(wanted, protocol.lower())
    number = whole_number(wanted)
    return PortSet.of(protocol.lower()) if number is None else PortSet.of(protocol.lower(), (number, number))
