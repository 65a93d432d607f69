"""The shapes of what decides who reaches whom in a cluster (Kubernetes API reference)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from enclave_policies.kubernetes.objects import PREFIX, objects_of
from enclave_policies.kubernetes.podspec import POD_SPECS
from enclave_policies.network.shapes import (
    NETWORK,
    NUMBER,
    SCALAR,
    SWITCH,
    TEXT,
    Block,
    Each,
    Named,
    Shape,
    misshapen,
    one_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.resources.resource import Resource

LABELS: Final = Named(TEXT)
METADATA: Final = Block({"name": TEXT, "namespace": TEXT, "labels": LABELS, "annotations": LABELS})
SELECTOR: Final = Block(
    {
        "matchLabels": LABELS,
        "matchExpressions": Each(Block({"key": TEXT, "operator": TEXT, "values": Each(TEXT)})),
    }
)
PROTOCOL: Final = one_of("TCP", "UDP", "SCTP")
PEER: Final = Block(
    {
        "ipBlock": Block({"cidr": NETWORK, "except": Each(NETWORK)}),
        "namespaceSelector": SELECTOR,
        "podSelector": SELECTOR,
    }
)
RULE_PORT: Final = Block({"protocol": PROTOCOL, "port": SCALAR, "endPort": NUMBER})
POLICY: Final = Block(
    {
        "podSelector": SELECTOR,
        "policyTypes": Each(one_of("Ingress", "Egress")),
        "ingress": Each(Block({"from": Each(PEER), "ports": Each(RULE_PORT)})),
        "egress": Each(Block({"to": Each(PEER), "ports": Each(RULE_PORT)})),
    }
)
SERVICE: Final = Block(
    {
        "type": TEXT,
        "externalIPs": Each(TEXT),
        "selector": LABELS,
        "ports": Each(Block({"name": TEXT, "protocol": TEXT, "port": NUMBER, "targetPort": SCALAR})),
    }
)
CONTAINER_PORT: Final = Block({"name": TEXT, "protocol": TEXT, "containerPort": NUMBER, "hostPort": NUMBER})
CONTAINERS: Final = Each(Block({"name": TEXT, "ports": Each(CONTAINER_PORT)}))
POD: Final = Block({"hostNetwork": SWITCH, "containers": CONTAINERS, "initContainers": CONTAINERS})
OBJECTS: Final[Mapping[str, Shape]] = {
    "Namespace": Block({"metadata": METADATA}),
    "NetworkPolicy": Block({"metadata": METADATA, "spec": POLICY}),
    "Service": Block({"metadata": METADATA, "spec": SERVICE}),
}


def malformed(resource: Resource) -> Iterator[str]:
    """Yield the path of each value of a resource that decides who reaches whom, and that nobody can read."""
    if resource.type.startswith(PREFIX):
        for found in objects_of(resource):
            if not found.custom and (shape := _shape_of(found.kind)) is not None:
                yield from (f"{found.path}{path}" for path in misshapen(dict(found.body), shape))


@lru_cache(maxsize=1 << 10)
def _shape_of(kind: str) -> Shape | None:
    way = POD_SPECS.get(kind)
    if way is None:
        return OBJECTS.get(kind)
    shape = POD
    for name in reversed(way):
        shape = Block({"metadata": METADATA, name: shape})
    return shape
