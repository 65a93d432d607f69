"""Istio: Gateways, and what VirtualServices ask their proxies to pass on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.network.kubernetes.proxies.hosts import service_of
from enclave_policies.network.kubernetes.proxies.reading import EVERY_NAME, Collected, blocks, texts, unknown_spec
from enclave_policies.network.kubernetes.proxies.records import Front, Parent, Route
from enclave_policies.network.kubernetes.selectors import Selector
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.kubernetes.proxies.reading import Object

MESH: Final = "mesh"
"""The gateway that stands for the sidecar of whoever asks (Istio reference, VirtualService)."""
PROTOCOLS: Final = ("http", "tls", "tcp")


def read_istio_gateway(one: Object) -> Front:
    """Return the Gateway that an object is; its labels select the proxies, in any namespace."""
    hosts = [
        host
        for server in map(mapping, entries(one.spec.get("servers")))
        for host in (texts(server.get("hosts")) if server is not UNKNOWN else (UNKNOWN,))
    ]
    takes_all = not hosts or any(host is UNKNOWN or host.rpartition("/")[2] == EVERY_NAME for host in hosts)
    return Front(one.namespace, one.name, Selector.of_labels(one.spec.get("selector")), takes_all)


def read_virtual_service(one: Object) -> Route:
    """Return the route that a VirtualService is."""
    collected = Collected()
    unknown_spec(one.found, collected)
    spec = one.spec
    gateways = texts(spec.get("gateways")) or (MESH,)
    for protocol in PROTOCOLS:
        for rule in blocks(spec.get(protocol), f"spec.{protocol}", collected):
            for path, destination in _destinations(rule, f"spec.{protocol}"):
                _destination(one, destination, path, collected)
            if rule.get("delegate") is not None:
                collected.gap("hands on to another VirtualService", f"spec.{protocol}.delegate")
    return Route(
        one.urn,
        one.found.kind,
        one.namespace,
        one.name,
        tuple(_parent(one, gateway) for gateway in gateways if gateway != MESH),
        texts(spec.get("hosts")),
        tuple(collected.backends),
        tuple(collected.gaps),
        named_by="spec.hosts",
        nameless=one.found.patch,
        inside=gateways == (MESH,),
    )


def _destinations(rule: dict[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for name in ("route", "mirrors"):
        for part in map(mapping, entries(rule.get(name))):
            yield f"{path}.{name}.destination", UNKNOWN if part is UNKNOWN else part.get("destination")
    if rule.get("mirror") is not None:
        yield f"{path}.mirror", rule["mirror"]


def _destination(one: Object, given: Any, path: str, collected: Collected) -> None:
    destination = mapping(given)
    host = UNKNOWN if destination is UNKNOWN else destination.get("host")
    if not isinstance(host, str):
        collected.gap("passes on to a host that is not known yet", path)
        return
    port = mapping(destination.get("port"))
    number = None if port is UNKNOWN else port.get("number")
    named = service_of(host, one.namespace if isinstance(one.namespace, str) else "")
    if named is not None:  # where another host is, JUR-021 judges, and the proxies' own policies who gets there
        collected.add(named[0] or UNKNOWN, named[1], number, path)


def _parent(one: Object, gateway: Any) -> Parent:
    if not isinstance(gateway, str):
        return Parent(UNKNOWN, UNKNOWN)
    namespace, slash, name = gateway.rpartition("/")
    return Parent(namespace, name) if slash else Parent(one.namespace, name)
