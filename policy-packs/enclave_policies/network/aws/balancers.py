"""What network load balancers pass on, and to whom: their targets may see the client's address instead of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.network.aws import types
from enclave_policies.network.aws.values import dicts, is_false, is_true, network, overlap, told
from enclave_policies.network.networks import AddressSet
from enclave_policies.network.ports import PortSet
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enclave_policies.network.aws.elements import Host
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
    places = list(places)
    found: list[Forward] = []
    for listener in references.all(*types.LISTENERS):
        balancers = references.one(listener, "loadBalancerArn", types.BALANCERS)
        standing = [host for one in balancers.found for host in hosts if host.urn == one.urn and _is_network(one)]
        for group in _groups(references, listener) if standing else ():
            if (protocols := _spoken(group)) is None:
                continue
            targets = _targets(references, group, hosts, places)
            for host in standing:
                same_vpc = tuple(place for place in places if place.vpc is host.subnets[0].vpc)
                found.append(
                    Forward(
                        host,
                        group.name,
                        _ports(told(listener, "port"), protocols),
                        _ports(told(group, "port"), protocols).union(_own_ports(references, group, protocols)),
                        same_vpc if targets is None else targets,
                        keeps_addresses(group),
                    )
                )
    return found


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
    for listener in references.all(*types.LISTENERS):
        if any(one.urn in balancers for one in references.one(listener, "loadBalancerArn", types.BALANCERS).found):
            found = found.union(_ports(told(listener, "port"), ("tcp",)))
    return found or PortSet.of("tcp")


def _is_network(balancer: Resource) -> bool:
    return told(balancer, "loadBalancerType") in ("network", UNKNOWN)


def _spoken(group: Resource) -> tuple[str, ...] | None:
    protocol = told(group, "protocol")
    return ("tcp", "udp") if protocol is UNKNOWN else _PROTOCOLS.get(str(protocol).upper())


def _groups(references: References, listener: Resource) -> Iterator[Resource]:
    """Yield the target groups that a listener forwards to."""
    for action in dicts(told(listener, "defaultActions")):
        named: list[Any] = [action.get("targetGroupArn")]
        for forward in dicts(action.get("forward")):
            named += [one.get("arn") for one in dicts(forward.get("targetGroups"))]
        yield from references.of(listener, "defaultActions", named, types.TARGET_GROUPS).found


def _ports(number: Any, protocols: tuple[str, ...]) -> PortSet:
    """Return one port, or all of them where it is not known."""
    known = str(number).partition(".")[0]
    span = ((int(known), int(known)),) if known.isdecimal() else ()
    return PortSet.from_mapping(dict.fromkeys(protocols, span or ((0, 65535),)))


def _own_ports(references: References, group: Resource, protocols: tuple[str, ...]) -> PortSet:
    """Return the ports at which single targets are registered."""
    found = PortSet()
    for one in references.all(*types.TARGET_ATTACHMENTS):
        given = one.props.get("port")
        if given is not None and group in references.one(one, "targetGroupArn", types.TARGET_GROUPS).found:
            found = found.union(_ports(given, protocols))
    return found


def _targets(
    references: References, group: Resource, hosts: Sequence[Host], places: Sequence[Place]
) -> tuple[Place, ...] | None:
    """Return where a group's targets stand, None where nobody says who they are."""
    urns: set[str] = set()
    standing: list[Place] = []
    for member in _members(references, group):
        if isinstance(member, AddressSet):
            standing += [place for place in places if any(overlap(one.addresses, member) for one in place.stands)]
        elif member is None or not any(host.urn == member.urn for host in hosts):
            return None
        else:
            urns.add(member.urn)
    standing += [place for place in places if any(host.urn in urns for host in place.hosts)]
    return tuple(dict.fromkeys(standing)) or None


def _members(references: References, group: Resource) -> Iterator[Resource | AddressSet | None]:
    """Yield the resources and addresses that are registered with a group, None for each that nobody knows."""
    for type_, name, within, member in _REGISTERS:
        for one in references.all(type_):
            value = one.props.get(name)
            named = [block.get(within) for block in dicts(value)] if within else value
            if group not in references.of(one, name, named, types.TARGET_GROUPS).found:
                continue
            if member is None:
                yield one
                continue
            target = references.one(one, member, _MAY_BE_TARGETS)
            yield from target.found
            yield from (network(key) for key in target.foreign)
            if not target.found and not target.foreign:
                yield None
