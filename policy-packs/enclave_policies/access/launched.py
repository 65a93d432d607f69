"""Whether hosts of a gateway in AWS start as they were approved, and whether nobody else gets what is for them."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.bundles import OBJECTS, bundles_of
from enclave_policies.access.hosts import LAUNCHING, USER_DATA, hosts_of
from enclave_policies.access.recognised import listed, mapped
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.stack import sources
from enclave_policies.resources.unknown import UNKNOWN
from hosts.gateway.bundle import SEEN, digest_of, settings_of
from hosts.gateway.bundle import SETTINGS as CONFIGURED
from hosts.gateway.user_data import SETTINGS, settings_in, user_data_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

GROUP: Final = "aws:autoscaling/group:Group"
TARGETS: Final = "targetGroupArns"
TARGET_GROUPS: Final = frozenset({"aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup"})
JOINING: Final = {
    GROUP: (TARGETS,),
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": ("targetGroupArn",),
    "aws:alb/targetGroupAttachment:TargetGroupAttachment": ("targetGroupArn",),
    "aws:autoscaling/attachment:Attachment": ("lbTargetGroupArn", "albTargetGroupArn"),
    "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment": ("trafficSource",),
}
"""Types that put machines into a target group, and the inputs that name it."""
MACHINES: Final = ("launchTemplate", "launchConfiguration", "mixedInstancesPolicy", "targetId", "autoscalingGroupName")
"""Inputs that say which machines."""
WORD: Final = re.compile(r"""[^\s"'\\]*""")

Problem = tuple[str, str]


def told(reading: Reading) -> Iterator[Problem]:
    """Yield what the user data of a gateway's hosts says beside its settings."""
    for host in hosts_of(reading.resource):
        value = reading.resource.props.get(host.path)
        settings = settings_in(value) if isinstance(value, str) else {}
        if tuple(settings) != SETTINGS or not all(map(WORD.fullmatch, settings.values())):
            odd = sorted(set(SETTINGS) ^ set(settings)) or ["their order or form"]
            yield host.path, f"tells a gateway's hosts other settings than these take ({', '.join(odd)})"
        elif _text(value) != user_data_of(settings):
            yield (
                host.path,
                "has a gateway's hosts do more at their start than to write settings and run the gateway",
            )
    if reading.resource.type in LAUNCHING and sum(bool(reading.resource.props.get(name)) for name in USER_DATA) > 1:
        yield from ((host.path, "gives a gateway's hosts user data twice") for host in hosts_of(reading.resource))


def _text(value: Any) -> str | None:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def joined(reading: Reading, stack: Stack) -> Iterator[Problem]:
    """Yield who joins a gateway's target group and is no host of a gateway; ``reading`` puts machines into one."""
    for path in JOINING.get(reading.resource.type, ()):
        for group in named(reading, path, TARGET_GROUPS, stack):
            if group.resource.urn in gateways_groups(stack) and not _are_gateways(reading, stack):
                problem = f"puts machines into {group.resource.name} that are no hosts of its gateway"
                yield path, f"{problem}: people would be sent to them"


def passing(reading: Reading, stack: Stack) -> Iterator[Problem]:
    """Yield where a gateway's target group does not say from where people come, so that they could say it."""
    if reading.resource.urn in gateways_groups(stack) - _seeing_groups(stack):
        says = reading.resource.props.get("proxyProtocolV2")
        if says not in (True, "true", UNKNOWN):
            yield "proxyProtocolV2", "lets people tell a gateway themselves from where they come: the balancer does not"


@once
def gateways_groups(stack: Stack) -> frozenset[str]:
    """Return the target groups (URNs) that hosts of a gateway are in."""
    joining = [one for type_ in JOINING for one in stack.of_type(type_) if _are_gateways(one, stack)]
    return frozenset(
        group.resource.urn
        for one in joining
        for path in JOINING[one.resource.type]
        for group in named(one, path, TARGET_GROUPS, stack)
    )


@once
def _seeing_groups(stack: Stack) -> frozenset[str]:
    """Return the target groups whose gateways all see by themselves from where people come: nobody tells them."""
    seeing: set[str] = set()
    others: set[str] = set()
    for one in stack.of_type(GROUP):
        machines = [machine for path in MACHINES for machine in named(one, path, LAUNCHING, stack)]
        digests = [digest for machine in machines for host in hosts_of(machine.resource) for digest in host.digests]
        see = bool(digests) and all(_arrivals(stack).get(digest) == SEEN for digest in digests)
        groups = {group.resource.urn for group in named(one, TARGETS, TARGET_GROUPS, stack)}
        (seeing if see else others).update(groups)
    return frozenset(seeing - others)


@once
def _arrivals(stack: Stack) -> Mapping[str, str]:
    """Return how each bundle's gateway learns from where somebody comes, by the digest of the bundle."""
    stored = [one for type_ in OBJECTS for one in stack.of_type(type_)]
    return {digest: arrival for pairs in each(stack, stored, _arrivals_in) for digest, arrival in pairs}


def _arrivals_in(reading: Reading) -> list[tuple[str, str]]:
    bundles = [bundle for bundle in bundles_of(reading.resource) if bundle.files is not None]
    return [(digest_of(one.files), settings_of(one.files[CONFIGURED]).arrival) for one in bundles if one.files]


def _are_gateways(reading: Reading, stack: Stack) -> bool:
    """Return whether all machines that a resource puts somewhere are hosts of a gateway; others are none."""
    given = [path for path in MACHINES if reading.resource.props.get(path) not in (None, "")]
    found = [tuple(named(reading, path, LAUNCHING | {GROUP}, stack)) for path in given]
    return bool(given) and all(many and all(_is_gateways(one, stack) for one in many) for many in found)


def _is_gateways(reading: Reading, stack: Stack) -> bool:
    return _are_gateways(reading, stack) if reading.resource.type == GROUP else any(hosts_of(reading.resource))


def named(reading: Reading, path: str, types: frozenset[str], stack: Stack) -> Iterator[Reading]:
    """Yield the resources of some types that an input names, wherever in it; by what an unknown one comes from."""
    value = reading.resource.props.get(path)
    texts = set(_texts(value))
    if UNKNOWN in texts:
        yield from (one for one in sources(reading, path, stack) if one.resource.type in types)
        texts.discard(UNKNOWN)
    for type_ in types:
        for one in stack.of_type(type_):
            if not texts.isdisjoint(_called(one)):
                yield one


def _called(reading: Reading) -> Iterator[str]:
    """Yield what others call a resource: its id, its ARN, the id at the ARN's end, its name.

    A finished run tells packs no id, and the state does; an ARN tells it in both.
    """
    outputs = reading.resource.outputs
    for name in (outputs.get("id"), outputs.get("arn"), reading.resource.props.get("name")):
        if isinstance(name, str) and name:
            yield name
            if name.startswith("arn:") and "/" in name:
                yield name.rpartition("/")[2]


def _texts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for item in mapped(value).values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in listed(value):
            yield from _texts(item)
    elif isinstance(value, str) or value is UNKNOWN:
        yield value
