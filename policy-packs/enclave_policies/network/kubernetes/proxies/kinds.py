"""Which kinds of objects are read as routes, by group and kind; and those that lead nowhere by themselves."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from enclave_policies.network.kubernetes.proxies.annotations import read_annotated
from enclave_policies.network.kubernetes.proxies.gateways import read_gateway, read_grant, read_route
from enclave_policies.network.kubernetes.proxies.ingresses import read_ingress
from enclave_policies.network.kubernetes.proxies.meshes import read_istio_gateway, read_virtual_service
from enclave_policies.network.kubernetes.proxies.records import Route
from enclave_policies.network.kubernetes.proxies.streams import is_stream_map, read_streams

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.network.kubernetes.proxies.reading import Object
    from enclave_policies.network.kubernetes.proxies.records import Front, Grant

READERS: Final[Mapping[tuple[str, str], Callable[[Object], Route | Front | Grant]]] = {
    ("networking.k8s.io", "Ingress"): read_ingress,
    ("extensions", "Ingress"): read_ingress,
    ("gateway.networking.k8s.io", "Gateway"): read_gateway,
    **{
        ("gateway.networking.k8s.io", kind): read_route
        for kind in ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")
    },
    ("gateway.networking.k8s.io", "ReferenceGrant"): read_grant,
    ("networking.istio.io", "Gateway"): read_istio_gateway,
    ("networking.istio.io", "VirtualService"): read_virtual_service,
}
LEADS_NOWHERE: Final = {
    "gateway.networking.k8s.io": re.compile("GatewayClass|BackendTLSPolicy"),
    "networking.istio.io": re.compile("ServiceEntry|DestinationRule|Sidecar"),
    "security.istio.io": re.compile("PeerAuthentication|RequestAuthentication|AuthorizationPolicy"),
}
"""Kinds that say how a proxy speaks and to whom a sidecar may, whom policies of the network bind all the same; hosts in
them are judged by JUR-021."""
ASKS_OUTSIDE: Final = "CUSTOM"
"""The action of an AuthorizationPolicy that asks a program which the mesh's own configuration names."""


def is_read(found: KubernetesObject) -> bool:
    """Return whether what an object makes a proxy do is known."""
    if (found.group, found.kind) in READERS:
        return True
    nowhere = LEADS_NOWHERE.get(found.group)
    return nowhere is not None and nowhere.fullmatch(found.kind) is not None and not _asks_outside(found)


def read(one: Object) -> Route | Front | Grant | None:
    """Return what an object says of proxies, None for one that says nothing."""
    reader = READERS.get((one.found.group, one.found.kind))
    if reader is not None:
        return _placed(reader(one), one.found.path)
    if one.found.kind == "Service" and not one.found.custom:
        return _placed(read_annotated(one), one.found.path)
    return _placed(read_streams(one), one.found.path) if is_stream_map(one) else None


def _placed(said: Route | Front | Grant | None, path: str) -> Route | Front | Grant | None:
    """Return what an object says by paths of the whole resource, where the object is an item of a list."""
    if not path or not isinstance(said, Route):
        return said
    backends = tuple(replace(one, path=f"{path}{one.path}") for one in said.backends)
    gaps = tuple(replace(one, path=f"{path}{one.path}") for one in said.gaps)
    return replace(said, backends=backends, gaps=gaps, named_by=f"{path}{said.named_by}")


def _asks_outside(found: KubernetesObject) -> bool:
    return isinstance(found.spec, dict) and found.spec.get("action") == ASKS_OUTSIDE
