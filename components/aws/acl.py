"""Network ACL entries of a segment: the permitted ways in and out, and the answers to them; all else is denied.

A network ACL keeps no state, so each way needs a second entry for the answers, which go to the ephemeral ports
1024 to 65535 (Amazon VPC user guide, "Ephemeral ports").
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
    for permission in plan.permissions():
        for peer, towards in _roles(plan, permission, segment):
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
        yield str(plan.segment_network(permission.target)), False
