"""Zones: where hosts stand, or could, that the same routes, network ACLs and security groups hold for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from enclave_policies.network.networks import NOWHERE
from enclave_policies.network.path import Microsegment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enclave_policies.network.aws.elements import Acl, Group, Host, Subnet, Table, Vpc
    from enclave_policies.network.networks import AddressSet


class Stand(NamedTuple):
    """Subnets of one zone that share a route table and a network ACL."""

    vpc: Vpc
    table: Table
    acl: Acl
    subnets: tuple[Subnet, ...]
    addresses: AddressSet


@dataclass(eq=False)
class Place:
    """A zone and what stands there; ``keys`` are the keys of its hosts' groups."""

    zone: Microsegment
    vpc: Vpc
    subnets: frozenset[Subnet]
    groups: frozenset[Group]
    stands: tuple[Stand, ...]
    hosts: list[Host] = field(default_factory=list)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of the groups that every host of the zone carries."""
        return frozenset(group.key for group in self.groups)

    @cached_property
    def urns(self) -> frozenset[str]:
        """The URNs of its hosts."""
        return frozenset(host.urn for host in self.hosts)

    @cached_property
    def leaves(self) -> bool:
        """Whether any route leads out of its VPC."""
        return any(stand.table.routes for stand in self.stands)


def places(subnets: Iterable[Subnet], groups: Iterable[Group], hosts: Iterable[Host]) -> list[Place]:
    """Return every zone: what a segment's hosts could be, then whatever real hosts differ from that.

    A host that a segment could have stands in any of its subnets and carries all of the segment's own groups (by tag);
    where there are none, and also where it permits anything at all, the VPC's default group, which AWS gives to any
    host that names no other.
    """
    found = _Places()
    by_segment: dict[tuple[Vpc, str, str | None], list[Subnet]] = defaultdict(list)
    for subnet in subnets:
        by_segment[subnet.vpc, subnet.site, subnet.segment].append(subnet)
    by_tag: dict[tuple[str | None, str | None], list[Group]] = defaultdict(list)
    for group in groups:
        by_tag[group.vpc, group.segment].append(group)
    for (vpc, site, segment), members in by_segment.items():
        own = [group for home in (vpc.key, None) for group in by_tag[home, segment] if group.site in (None, site)]
        default = vpc.default_group
        if segment is None and default.segment is None and default not in own:
            own.append(default)
        found.add(members, own or [default])
        if default.ingress or default.egress:
            found.add(members, [default])
    for host in hosts:
        parts: dict[tuple[str, str | None], list[Subnet]] = defaultdict(list)
        for subnet in host.subnets:
            parts[subnet.site, subnet.segment].append(subnet)
        for members in parts.values():
            found.of_host(members, host).hosts.append(host)
    return found.all


class _Places:
    """Places by groups and subnet: a host is held against those only that carry its own and are in its subnet."""

    def __init__(self) -> None:
        self.all: list[Place] = []
        self._known: dict[tuple[frozenset[Group], frozenset[Subnet]], Place] = {}
        self._near: dict[tuple[frozenset[Group], Subnet], list[Place]] = defaultdict(list)

    def of_host(self, members: list[Subnet], host: Host) -> Place:
        """Return the place of a host, which stands in some of the subnets of it."""
        near = self._near[frozenset(host.groups), members[0]]
        return next((one for one in near if one.subnets.issuperset(members)), None) or self.add(members, host.groups)

    def add(self, members: list[Subnet], carried: Sequence[Group]) -> Place:
        """Return the place that has just these subnets and groups."""
        groups, subnets = frozenset(carried), frozenset(members)
        known = self._known.get((groups, subnets))
        if known is None:
            names = ", ".join(sorted(subnet.name for subnet in subnets))
            where = f"{names} with security group {', '.join(sorted(group.name for group in groups))}"
            zone = Microsegment(members[0].site, members[0].segment, where)
            known = self._known[groups, subnets] = Place(zone, members[0].vpc, subnets, groups, stands(members))
            self.all.append(known)
            for subnet in subnets:
                self._near[groups, subnet].append(known)
        return known


def stands(subnets: Iterable[Subnet]) -> tuple[Stand, ...]:
    """Return the subnets of a zone, those together that share a route table and a network ACL."""
    shared: dict[tuple[Table, Acl], list[Subnet]] = defaultdict(list)
    for subnet in subnets:
        for table in subnet.tables:
            for acl in subnet.acls:
                shared[table, acl].append(subnet)
    found = [
        Stand(members[0].vpc, table, acl, tuple(members), NOWHERE.union(*(subnet.addresses for subnet in members)))
        for (table, acl), members in shared.items()
    ]
    return tuple(sorted(found, key=lambda stand: (stand.addresses.v4, stand.addresses.v6)))
