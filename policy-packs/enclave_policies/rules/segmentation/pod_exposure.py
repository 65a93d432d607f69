"""SEG-008: no pod and no service goes round the network policies of its segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import entries, mapping, objects_of
from enclave_policies.kubernetes.podspec import pod_spec
from enclave_policies.rule import Rule
from enclave_policies.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.finding import Finding
    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.reading import Reading

CONTAINERS: Final = ("containers", "initContainers", "ephemeralContainers")
INSIDE: Final = frozenset({None, "", "ClusterIP", "ExternalName"})
"""Types of services that open no node and no balancer; where an ExternalName leads, SEG-006 and JUR-021 judge."""


def check(reading: Reading) -> Iterator[Finding]:
    """Look for the node's own network, ports of nodes, balancers and external addresses."""
    if not reading.resource.type.startswith("kubernetes:"):
        return
    for found in objects_of(reading.resource):
        if found.kind == "Service" and not found.custom:
            yield from _service(reading, found)
        elif (spec := pod_spec(found)) is UNKNOWN:
            yield rule.finding(reading, "makes pods that are not known yet", verdict="undetermined")
        elif spec is not None:
            yield from _pod(reading, spec)


def _pod(reading: Reading, spec: Any) -> Iterator[Finding]:
    if spec.get("hostNetwork") not in (None, False):
        yield rule.finding(reading, "puts pods into the node's own network, which no network policy binds")
    for name in CONTAINERS:
        for container in map(mapping, entries(spec.get(name))):
            ports = entries(container.get("ports")) if container is not UNKNOWN else [UNKNOWN]
            for port in map(mapping, ports):
                if port is UNKNOWN or port.get("hostPort") not in (None, 0):
                    yield rule.finding(reading, f"opens a port of the node ({name}.ports.hostPort)")
                    break


def _service(reading: Reading, found: KubernetesObject) -> Iterator[Finding]:
    spec = found.spec
    if spec is UNKNOWN or spec.get("type") is UNKNOWN:
        yield rule.finding(reading, "is a service of a type that is not known yet", verdict="undetermined")
        return
    if spec.get("type") not in INSIDE:
        yield rule.finding(reading, f"is a service of the type {spec['type']}, which opens a port of every node")
    if spec.get("externalIPs"):
        yield rule.finding(reading, "takes packets for external addresses (spec.externalIPs)")


rule = Rule(
    id="SEG-008",
    name="pod-exposure",
    title="No pod and no service goes round the network policies of its segment.",
    severity="critical",
    remedy="use a service of the type ClusterIP, and pods in the cluster's network",
    check=check,
    package="kubernetes",
    placing=False,
)
