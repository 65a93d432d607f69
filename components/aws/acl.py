"""Network ACL entries of a segment: the permitted ways in and out, and the answers to them; all else is denied.

A network ACL keeps no state, so each way needs a second entry for the answers, which go to the ephemeral ports
1024 to 65535 (Amazon VPC user guide, "Ephemeral ports"). Where a link ends, packets pass between the transit gateway
and other subnets of the site: the end's own ACL judges them by their address within the site, on their way to the
transit gateway when they come in and on their way to the site when they go out (Amazon VPC transit gateways guide,
"Network ACLs for transit gateways").
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.declaration.model import AwsSite
    from components.site import Permission, SitePlan

ephemeral_ports = (1024, 65535)


@dataclass(frozen=True, order=True)
class AclEntry:
    """One permitted direction: protocol, peer network and port range."""

    protocol: str
    peer: str
    first_port: int
    last_port: int


def acl_entries(plan: SitePlan[AwsSite], segment: str) -> tuple[list[AclEntry], list[AclEntry]]:
    """Return the (ingress, egress) entries of a segment, in a stable order."""
    ingress: set[AclEntry] = set()
    egress: set[AclEntry] = set()
    ways = [(permission, role) for permission in plan.permissions() for role in _roles(plan, permission, segment)]
    for permission, (peer, towards) in [*ways, *_passed_on(plan, segment)]:
        request = AclEntry(permission.protocol, peer, *permission.ports)
        answer = AclEntry(permission.protocol, peer, *ephemeral_ports)
        (ingress if towards else egress).add(request)
        (egress if towards else ingress).add(answer)
    return sorted(ingress), sorted(egress)


def _roles(plan: SitePlan[AwsSite], permission: Permission, segment: str) -> Iterator[tuple[str, bool]]:
    """Yield (peer network, whether the way leads into the segment) for each end of the way that the segment is."""
    source = permission.source
    if permission.target == segment:
        yield str(source if isinstance(source, IPv4Network) else plan.segment_network(source)), True
    if source == segment:
        target = permission.target
        yield str(target if isinstance(target, IPv4Network) else plan.segment_network(target)), False


def _passed_on(plan: SitePlan[AwsSite], segment: str) -> Iterator[tuple[Permission, tuple[str, bool]]]:
    """Yield the ways of links that end in the segment, each with the role of whoever passes packets on."""
    for link in plan.links.values():
        if link.ends_in == segment:
            for way in plan.link_ways(link):
                yield way.permission, (str(plan.segment_network(way.segment)), not way.inwards)
