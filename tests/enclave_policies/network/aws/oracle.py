"""A slow and obvious judge of single packets, over a plain description of a small network; it shares no code."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address, ip_network
from itertools import product
from typing import Any

EPHEMERAL = (1024, 1999, 2000, 2001, 40000, 65535)
"""Ports to try answers on that an ordinary client asks from: both sides of every boundary of the generated rules."""
ANSWERS = (0, 1, 79, 80, 442, 443, 444, 1023, *EPHEMERAL)
"""The same of whoever chooses the port that it asks from."""
PORTS = (80, 443, 1023, 1024, 1999, 2000, 2001, 65535)
PROTOCOLS = ("tcp", "udp", "icmp")


@dataclass(frozen=True)
class RuleSpec:
    """A group rule; ``peer`` is a network or the number of a group."""

    direction: str
    protocol: str
    first: int
    last: int
    peer: str | int


@dataclass(frozen=True)
class EntrySpec:
    """A network ACL entry."""

    direction: str
    number: int
    allow: bool
    protocol: str
    first: int
    last: int
    network: str


@dataclass
class SubnetSpec:
    """A subnet; ``acl`` and ``table`` are numbers, None for the VPC's default ones."""

    vpc: int
    segment: str
    networks: tuple[str, ...]
    acl: int | None
    table: int | None
    public: bool


@dataclass
class NetworkSpec:
    """Two VPCs; ``groups`` belong to (vpc, segment) in the order of ``segments``."""

    networks: list[tuple[str, ...]]
    peered: bool
    internet: bool
    subnets: list[SubnetSpec]
    segments: list[tuple[int, str]]
    groups: list[list[RuleSpec]]
    acls: list[tuple[int, list[EntrySpec]]]
    tables: list[tuple[int, list[tuple[str, str]]]]
    main_routes: list[list[tuple[str, str]]] = field(default_factory=lambda: [[], []])


def covers(protocol: str, first: int, last: int, packet_protocol: str, port: int) -> bool:
    if protocol == "-1":
        return True
    if protocol != packet_protocol:
        return False
    return protocol == "icmp" or first <= port <= last


@cache
def version(address: str) -> int:
    return ip_address(address).version


@cache
def length(network: str) -> int:
    return ip_network(network).prefixlen


@cache
def inside(address: str, network: str) -> bool:
    one, other = ip_address(address), ip_network(network)
    return one.version == other.version and one in other


def acl_passes(  # noqa: PLR0917 (one packet)
    spec: NetworkSpec, subnet: SubnetSpec, direction: str, peer: str, protocol: str, port: int
) -> bool:
    if subnet.acl is None:
        return True
    entries = [entry for entry in spec.acls[subnet.acl][1] if entry.direction == direction]
    for entry in sorted(entries, key=lambda entry: entry.number):
        if inside(peer, entry.network) and covers(entry.protocol, entry.first, entry.last, protocol, port):
            return entry.allow
    return False


def group_passes(  # noqa: PLR0917 (one packet)
    spec: NetworkSpec, group: int, direction: str, peer: str, peer_group: int | None, protocol: str, port: int
) -> bool:
    return any(
        rule.direction == direction
        and covers(rule.protocol, rule.first, rule.last, protocol, port)
        and (rule.peer == peer_group if isinstance(rule.peer, int) else inside(peer, rule.peer))
        for rule in spec.groups[group]
    )


def next_stop(spec: NetworkSpec, subnet: SubnetSpec, address: str) -> Any:
    """Return the number of the VPC that a packet arrives in, "internet", or None."""
    routes = spec.main_routes[subnet.vpc] if subnet.table is None else spec.tables[subnet.table][1]
    every = [*routes, *((network, "local") for network in spec.networks[subnet.vpc])]
    fitting = [(length(network), target) for network, target in every if inside(address, network)]
    if not fitting:
        return None
    _, target = max(fitting, key=lambda item: item[0])
    if target == "local":
        return subnet.vpc
    if target == "peering":
        other = 1 - subnet.vpc
        return other if any(inside(address, network) for network in spec.networks[other]) else None
    return "internet"


@cache
def hosts(networks: tuple[str, ...]) -> list[str]:
    return [str(address) for network in networks for address in ip_network(network)]


def passes(  # noqa: PLR0917 (one packet)
    spec: NetworkSpec,
    one: SubnetSpec,
    source: str,
    other: SubnetSpec,
    target: str,
    protocol: str,
    port: int,
    answers: tuple[int, ...],
) -> bool:
    """Return whether one connection from a host of a subnet to a host of a subnet comes about."""
    if version(source) != version(target):
        return False
    here, there = group_of(spec, one), group_of(spec, other)
    if not group_passes(spec, here, "egress", target, there, protocol, port):
        return False
    if not group_passes(spec, there, "ingress", source, here, protocol, port):
        return False
    if one is other:
        return True
    if next_stop(spec, one, target) != other.vpc:
        return False
    if not acl_passes(spec, one, "egress", target, protocol, port):
        return False
    if not acl_passes(spec, other, "ingress", source, protocol, port):
        return False
    if protocol != "tcp":
        return True
    if next_stop(spec, other, source) != one.vpc:
        return False
    return any(
        acl_passes(spec, other, "egress", source, "tcp", answer)
        and acl_passes(spec, one, "ingress", target, "tcp", answer)
        for answer in answers
    )


def group_of(spec: NetworkSpec, subnet: SubnetSpec) -> int:
    return spec.segments.index((subnet.vpc, subnet.segment))


def reached(
    spec: NetworkSpec, source: tuple[int, str], target: tuple[int, str], answers: tuple[int, ...]
) -> set[tuple[str, int]]:
    """Return every (protocol, port) by which some host of a segment reaches some host of a segment."""
    found = set()
    senders = [subnet for subnet in spec.subnets if (subnet.vpc, subnet.segment) == source]
    receivers = [subnet for subnet in spec.subnets if (subnet.vpc, subnet.segment) == target]
    for protocol, port in product(PROTOCOLS, PORTS):
        if any(
            passes(spec, one, here, other, there, protocol, port, answers)
            for one, other in product(senders, receivers)
            for here, there in product(hosts(one.networks), hosts(other.networks))
            if version(here) == version(there)
        ):
            found.add((protocol, port))
    return found


def leaves(
    spec: NetworkSpec, source: tuple[int, str], addresses: list[str], answers: tuple[int, ...]
) -> set[tuple[str, int]]:
    """Return every (protocol, port) by which some host of a segment reaches some address of the internet."""
    found = set()
    for subnet in spec.subnets:
        if (subnet.vpc, subnet.segment) != source:
            continue
        for address, protocol, port in product(addresses, PROTOCOLS, PORTS):
            if (
                next_stop(spec, subnet, address) == "internet"
                and group_passes(spec, group_of(spec, subnet), "egress", address, None, protocol, port)
                and acl_passes(spec, subnet, "egress", address, protocol, port)
                and (
                    protocol != "tcp"
                    or any(acl_passes(spec, subnet, "ingress", address, "tcp", answer) for answer in answers)
                )
            ):
                found.add((protocol, port))
    return found


def enters(
    spec: NetworkSpec, target: tuple[int, str], addresses: list[str], answers: tuple[int, ...]
) -> set[tuple[str, int]]:
    """Return every (protocol, port) by which some address of the internet reaches some host of a segment."""
    found = set()
    for subnet in spec.subnets:
        if (subnet.vpc, subnet.segment) != target or not spec.internet:
            continue
        zone_is_public = subnet.public
        for address, protocol, port in product(addresses, PROTOCOLS, PORTS):
            routed = next_stop(spec, subnet, address) == "internet"
            arrives = routed or zone_is_public or version(address) == 6
            if (
                arrives
                and group_passes(spec, group_of(spec, subnet), "ingress", address, None, protocol, port)
                and acl_passes(spec, subnet, "ingress", address, protocol, port)
                and (
                    protocol != "tcp"
                    or (routed and any(acl_passes(spec, subnet, "egress", address, "tcp", a) for a in answers))
                )
            ):
                found.add((protocol, port))
    return found
