"""Network ACL entries of a segment: the permitted connections in and out, and their replies; all else is denied.

A network ACL keeps no state, so each connection needs a second entry for its replies, which go to the ephemeral ports
1024 to 65535 (Amazon VPC user guide, "Ephemeral ports"). Where a link ends, packets pass between the transit gateway
and other subnets of the site. The ACL of the link's end judges them by their address within the site: towards the
transit gateway when they come in, and towards the site when they go out (Amazon VPC transit gateways guide, "Network
ACLs for transit gateways").
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from components.site import Permission

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.declaration.model import AwsSite
    from components.site import SitePlan

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
    own = [(permission, side) for permission in plan.permissions() for side in _sides(plan, permission, segment)]
    for permission, (peer, inwards) in [*own, *_passed_on(plan, segment), *_dialled_in(plan, segment)]:
        request = AclEntry(permission.protocol, peer, *permission.ports)
        reply = AclEntry(permission.protocol, peer, *ephemeral_ports)
        (ingress if inwards else egress).add(request)
        (egress if inwards else ingress).add(reply)
    return sorted(ingress), sorted(egress)


def _sides(plan: SitePlan[AwsSite], permission: Permission, segment: str) -> Iterator[tuple[str, bool]]:
    """Yield (peer network, whether it leads into the segment) for each end of the connection that the segment is."""
    source = permission.source
    if permission.target == segment:
        yield str(source if isinstance(source, IPv4Network) else plan.segment_network(source)), True
    if source == segment:
        target = permission.target
        yield str(target if isinstance(target, IPv4Network) else plan.segment_network(target)), False


def _passed_on(plan: SitePlan[AwsSite], segment: str) -> Iterator[tuple[Permission, tuple[str, bool]]]:
    """Yield the connections over links that end in the segment, as the end sees each that it passes on."""
    for link in plan.links.values():
        if link.ends_in == segment:
            for each in plan.link_permissions(link):
                yield each.permission, (str(plan.segment_network(each.segment)), not each.inwards)


def _dialled_in(plan: SitePlan[AwsSite], segment: str) -> Iterator[tuple[Permission, tuple[str, bool]]]:
    """Yield what passes from a Client VPN's interfaces to the gateway's balancer, which stand in one segment."""
    own = plan.segment_network(segment)
    for one, _ in plan.dial_ins():
        for ports in one.entry.ports if one.entry.to == segment else ():
            for inwards in (True, False):
                yield Permission(own, segment, one.entry.protocol, ports), (str(own), inwards)
