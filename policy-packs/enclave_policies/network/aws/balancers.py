"""What network load balancers pass on, and to whom: their targets may see the client's address instead of theirs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.network.aws import types
from enclave_policies.network.aws.values import dicts, is_false, is_true, network, told
from enclave_policies.network.bits import numbers_in
from enclave_policies.network.networks import AddressSet
from enclave_policies.network.ports import PortSet
from enclave_policies.network.ranges import Ranges
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enclave_policies.network.aws.elements import Host, Vpc
    from enclave_policies.network.aws.references import References
    from enclave_policies.network.aws.zones import Place
    from enclave_policies.resources.resource import Resource

_PROTOCOLS: Final = {
    "TCP": ("tcp",),
    "TLS": ("tcp",),
    "UDP": ("udp",),
    "TCP_UDP": ("tcp", "udp"),
    "QUIC": ("udp",),
    "TCP_QUIC": ("tcp", "udp"),
}
"""What a target group of a network load balancer speaks; those of the other kinds speak HTTP, HTTPS or GENEVE."""
_SWITCHED: Final = ("TCP", "TLS")
"""Protocols for which ``preserveClientIp`` counts; with all others the client's address is always kept."""
_KEPT_BY_DEFAULT: Final = ("instance", "alb")
_REGISTERS: Final[tuple[tuple[str, str, str | None, str | None], ...]] = (
    (types.AUTOSCALING, "targetGroupArns", None, None),
    (types.AUTOSCALING, "trafficSources", "identifier", None),
    ("aws:autoscaling/attachment:Attachment", "lbTargetGroupArn", None, "autoscalingGroupName"),
    (
        "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment",
        "trafficSource",
        "identifier",
        "autoscalingGroupName",
    ),
    ("aws:ecs/service:Service", "loadBalancers", "targetGroupArn", None),
    *((type_, "targetGroupArn", None, "targetId") for type_ in types.TARGET_ATTACHMENTS),
)
"""Who registers targets: type, the input that names the group, the name within its blocks, and the input that names the
target (none: the resource itself)."""
_MAY_BE_TARGETS: Final = (types.INSTANCE, types.INTERFACE, types.AUTOSCALING, *types.BALANCERS)


class Forward(NamedTuple):
    """One balancer and places of its targets: who asks it on ``listened`` arrives there on ``asked``.

    ``keeps``: targets see the client's address and not the balancer's.
    """

    balancer: Host
    group: str
    listened: PortSet
    asked: PortSet
    places: tuple[Place, ...]
    keeps: bool

    def __str__(self) -> str:
        """Return what it is called in messages."""
        sees = "keeps its clients' addresses" if self.keeps else "shows its own address"
        return f"load balancer {self.balancer.name} {sees} (target group {self.group})"


def forwards(references: References, hosts: Sequence[Host], places: Iterable[Place]) -> list[Forward]:
    """Return what every network load balancer of a stack passes on.

    Where nobody says who a group's targets are, they may be any host of the balancer's VPC.
    """
    standing_at = Standing(hosts, places)
    found: list[Forward] = []
    for listener in references.all(*types.LISTENERS):
        balancers = references.one(listener, "loadBalancerArn", types.BALANCERS)
        standing = [host for one in balancers.found if _is_network(one) for host in standing_at.hosts.get(one.urn, ())]
        for group in forwarded_to(references, listener, "defaultActions") if standing else ():
            if (protocols := _spoken(group)) is None:
                continue
            targets = targets_of(references, group, standing_at)
            for host in standing:
                same_vpc = standing_at.of_vpc[host.subnets[0].vpc]
                found.append(
                    Forward(
                        host,
                        group.name,
                        ports_of(told(listener, "port"), protocols),
                        ports_of(told(group, "port"), protocols).union(_own_ports(references, group, protocols)),
                        same_vpc if targets is None else targets,
                        keeps_addresses(group),
                    )
                )
    return found


class Standing:
    """Hosts by URN, and places by their hosts, by their VPC and by their addresses."""

    def __init__(self, hosts: Iterable[Host], places: Iterable[Place]) -> None:
        self.hosts: dict[str, list[Host]] = defaultdict(list)
        for host in hosts:
            self.hosts[host.urn].append(host)
        self._places = list(places)
        self._of_host: dict[str, list[Place]] = defaultdict(list)
        of_vpc: dict[Vpc, list[Place]] = defaultdict(list)
        for place in self._places:
            of_vpc[place.vpc].append(place)
            for urn in place.urns:
                self._of_host[urn].append(place)
        self.of_vpc = {vpc: tuple(every) for vpc, every in of_vpc.items()}
        self._ranges = Ranges([AddressSet().union(*(one.addresses for one in place.stands)) for place in self._places])

    def at(self, member: AddressSet | str) -> Iterator[Place]:
        """Yield where a host (by URN), or whoever has some addresses, stands."""
        if isinstance(member, str):
            yield from self._of_host.get(member, ())
        else:
            yield from (self._places[number] for number in numbers_in(self._ranges.meeting(member)))


def keeps_addresses(group: Resource) -> bool:
    """Return whether a group's targets see the client's address.

    Source: Elastic Load Balancing, user guide for Network Load Balancers, "Client IP preservation".
    """
    value, protocol = told(group, "preserveClientIp"), str(told(group, "protocol")).upper()
    kind = told(group, "targetType") or "instance"
    if protocol not in _SWITCHED:
        return True
    if value not in (None, ""):
        return is_true(value) or not is_false(value)
    return kind in _KEPT_BY_DEFAULT or kind is UNKNOWN


def listened(references: References, balancers: Sequence[str]) -> PortSet:
    """Return the ports that listeners of some balancers (by URN) listen on; every port where there is none."""
    found = PortSet()
    for type_ in types.LISTENERS:
        of_balancer = references.naming(type_, "loadBalancerArn", types.BALANCERS)
        for listener in (one for urn in balancers for one in of_balancer.get(urn, ())):
            found = found.union(ports_of(told(listener, "port"), ("tcp",)))
    return found or PortSet.of("tcp")


def _is_network(balancer: Resource) -> bool:
    return told(balancer, "loadBalancerType") in ("network", UNKNOWN)


def _spoken(group: Resource) -> tuple[str, ...] | None:
    protocol = told(group, "protocol")
    return ("tcp", "udp") if protocol is UNKNOWN else _PROTOCOLS.get(str(protocol).upper())


def forwarded_to(references: References, says: Resource, name: str) -> Iterator[Resource]:
    """Yield the target groups that the actions of a listener or of a rule forward to; ``name`` is the input."""
    for action in dicts(told(says, name)):
        named: list[Any] = [action.get("targetGroupArn")]
        for forward in dicts(action.get("forward")):
            named += [one.get("arn") for one in dicts(forward.get("targetGroups"))]
        yield from references.of(says, name, named, types.TARGET_GROUPS).found


def ports_of(number: Any, protocols: tuple[str, ...]) -> PortSet:
    """Return one port, or all of them where it is not known."""
    known = str(number).partition(".")[0]
    span = ((int(known), int(known)),) if known.isdecimal() else ()
    return PortSet.from_mapping(dict.fromkeys(protocols, span or ((0, 65535),)))


def _own_ports(references: References, group: Resource, protocols: tuple[str, ...]) -> PortSet:
    """Return the ports at which single targets are registered."""
    found = PortSet()
    for type_ in types.TARGET_ATTACHMENTS:
        for one in references.naming(type_, "targetGroupArn", types.TARGET_GROUPS).get(group.urn, ()):
            if one.props.get("port") is not None:
                found = found.union(ports_of(one.props["port"], protocols))
    return found


def targets_of(references: References, group: Resource, standing: Standing) -> tuple[Place, ...] | None:
    """Return where a group's targets stand, None where nobody says who they are."""
    found: list[Place] = []
    for member in members_of(references, group):
        if isinstance(member, AddressSet):
            found += standing.at(member)
        elif member is None or member.urn not in standing.hosts:
            return None
        else:
            found += standing.at(member.urn)
    return tuple(dict.fromkeys(found)) or None


def members_of(references: References, group: Resource) -> Iterator[Resource | AddressSet | None]:
    """Yield the resources and addresses that are registered with a group, None for each that nobody knows."""
    for type_, name, within, member in _REGISTERS:
        for one in references.naming(type_, name, types.TARGET_GROUPS, within).get(group.urn, ()):
            if member is None:
                yield one
                continue
            target = references.one(one, member, _MAY_BE_TARGETS)
            yield from target.found
            yield from (network(key) for key in target.foreign)
            if not target.found and not target.foreign:
                yield None
