"""Zones: where hosts stand, or could, that the same routes, network ACLs and security groups hold for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from enclave_policies.network.networks import NOWHERE
from enclave_policies.network.path import Zone

if TYPE_CHECKING:
    from collections.abc import Iterable

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

    zone: Zone
    vpc: Vpc
    subnets: frozenset[Subnet]
    groups: frozenset[Group]
    stands: tuple[Stand, ...]
    hosts: list[Host] = field(default_factory=list)

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the groups that every host of the zone carries."""
        return frozenset(group.key for group in self.groups)

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
    found: dict[tuple[frozenset[Subnet], frozenset[Group]], Place] = {}
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
        _add(found, members, own or [default])
        if default.ingress or default.egress:
            _add(found, members, [default])
    for host in hosts:
        parts: dict[tuple[str, str | None], list[Subnet]] = defaultdict(list)
        for subnet in host.subnets:
            parts[subnet.site, subnet.segment].append(subnet)
        for members in parts.values():
            _place(found, members, host).hosts.append(host)
    return list(found.values())


def _place(found: dict[tuple[frozenset[Subnet], frozenset[Group]], Place], members: list[Subnet], host: Host) -> Place:
    groups, subnets = frozenset(host.groups), frozenset(members)
    for place in found.values():
        if place.groups == groups and subnets <= place.subnets:
            return place
    return _add(found, members, list(host.groups))


def _add(
    found: dict[tuple[frozenset[Subnet], frozenset[Group]], Place], subnets: list[Subnet], groups: list[Group]
) -> Place:
    key = (frozenset(subnets), frozenset(groups))
    if key not in found:
        names = ", ".join(sorted(subnet.name for subnet in subnets))
        where = f"{names} with security group {', '.join(sorted(group.name for group in groups))}"
        zone = Zone(subnets[0].site, subnets[0].segment, where)
        found[key] = Place(zone, subnets[0].vpc, *key, _stands(subnets))
    return found[key]


def _stands(subnets: list[Subnet]) -> tuple[Stand, ...]:
    shared: dict[tuple[Table, Acl], list[Subnet]] = defaultdict(list)
    for subnet in subnets:
        for table in subnet.tables:
            for acl in subnet.acls:
                shared[table, acl].append(subnet)
    return tuple(
        Stand(members[0].vpc, table, acl, tuple(members), NOWHERE.union(*(subnet.addresses for subnet in members)))
        for (table, acl), members in shared.items()
    )
