"""Where people meet gateways: who may ask each, and what the balancers of sites of our own must fulfil."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.addresses import segment_network
from components.declaration.model import KubernetesSite
from components.declaration.words import undeclared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from ipaddress import IPv4Address, IPv4Network

    from components.declaration.found import Found
    from components.declaration.model import Declaration, Gateway


def sources_of(declaration: Declaration, gateway: Gateway) -> list[IPv4Network]:
    """Return the networks of the entries that lead to a gateway: nobody else may ask its balancers."""
    found = {
        network
        for entry in declaration.entries
        if entry.to == gateway.front and entry.protocol == "tcp"
        if any(ports.first <= gateway.port <= ports.last for ports in entry.ports)
        for network in entry.from_
    }
    return sorted(found)


def check_fronts(declaration: Declaration, sites: Collection[str], *, whole: bool) -> Iterator[Found]:
    """Yield (path, message) for each problem; the names are those that the file declares, malformed ones included.

    ``whole``: every entry of the file could be read.
    """
    taken: dict[tuple[str, IPv4Address], str] = {}
    for name, gateway in declaration.gateways.items():
        for where, balancer in gateway.balancers.items():
            at = ("gateways", name, "balancers", where)
            site = declaration.sites.get(where)
            if where not in sites:
                yield at, undeclared("site", where, sites)
                continue
            if site is not None and not isinstance(site, KubernetesSite):
                yield at, f"site '{where}' is in AWS, which makes the balancer itself; remove it"
                continue
            front = declaration.segments.get(gateway.front)
            if site is not None and front is not None:
                block = segment_network(site.cidr, front.slot)
                if balancer.address not in block or balancer.address in (block[0], block[-1]):
                    message = f"{balancer.address} is no address of {where}/{gateway.front}; choose one of {block}"
                    yield (*at, "address"), message
            first = taken.setdefault((where, balancer.address), name)
            if first != name:
                message = f"{balancer.address} is that of gateway '{first}' already; give each its own"
                yield (*at, "address"), message
            if whole and not sources_of(declaration, gateway):
                message = f"no entry leads to '{gateway.front}' on tcp {gateway.port}, so nobody may ask it"
                yield at, f"{message}; declare the entry, or remove the balancer"
