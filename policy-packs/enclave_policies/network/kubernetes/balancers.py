"""Services of the type LoadBalancer that hide nobody's address and open no node, so that network policies judge them.

Source: Kubernetes documentation, "Create an External Load Balancer" and Service ("Disabling load balancer NodePort
allocation", "Specifying class of load balancer implementation"); with ``externalTrafficPolicy: Local`` nodes keep the
sender's address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.network.networks import AddressSet
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BALANCER: Final = "LoadBalancer"


class Loose(NamedTuple):
    """Why network policies do not judge who comes by a balancer: in words, and the input; ``open``: nobody can tell."""

    words: str
    path: str
    open: bool = False


def loose(spec: Mapping[str, Any]) -> Iterator[Loose]:
    """Yield every reason, none for a balancer that one controller announces at one address to named networks."""
    if spec.get("allocateLoadBalancerNodePorts") is not False:
        yield _told(spec, "allocateLoadBalancerNodePorts", "opens a port of every node (it is not false)")
    ports = [mapping(port) for port in entries(spec.get("ports"))]
    if UNKNOWN in ports or any(port.get("nodePort") not in (None, 0) for port in ports):
        yield Loose("opens a port of every node", "spec.ports.nodePort", UNKNOWN in ports)
    if spec.get("externalTrafficPolicy") != "Local":
        words = "lets nodes hide people's addresses behind their own, as it is not Local"
        yield _told(spec, "externalTrafficPolicy", words)
    if not isinstance(spec.get("loadBalancerClass"), str):
        yield _told(spec, "loadBalancerClass", "may be served by any controller, as it names no class")
    if not isinstance(spec.get("loadBalancerIP"), str):
        yield _told(spec, "loadBalancerIP", "takes whatever address it is given, as it names none")
    yield from _sources(spec)


def _sources(spec: Mapping[str, Any]) -> Iterator[Loose]:
    name = "loadBalancerSourceRanges"
    ranges = entries(spec.get(name))
    if not ranges or UNKNOWN in ranges:
        yield Loose("lets everybody ask, as it names no networks", f"spec.{name}", UNKNOWN in ranges)
    for one in ranges:
        if one is not UNKNOWN and sources(one) is None:
            yield Loose(f"names '{one}', which is no network", f"spec.{name}")


def sources(text: Any) -> AddressSet | None:
    """Return the addresses of one source range, None for what is no network."""
    try:
        return AddressSet.of(str(text).strip())
    except ValueError:
        return None


def _told(spec: Mapping[str, Any], name: str, words: str) -> Loose:
    return Loose(words, f"spec.{name}", spec.get(name) is UNKNOWN)
