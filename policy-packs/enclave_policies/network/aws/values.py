"""Values of properties as sets: ports of a protocol, addresses, tags. What is not known yet is told apart."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.network.intervals import overlapping
from enclave_policies.network.networks import ANYWHERE, AddressSet
from enclave_policies.network.ports import EVERYTHING, HIGHEST, NOTHING, PortSet, protocol_name
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.network.intervals import Interval
    from enclave_policies.resources.resource import Resource

_NAMES: Final = {"tcp": "tcp", "udp": "udp", "icmp": "icmp", "icmpv6": "icmpv6", "ipv6-icmp": "icmpv6", "sctp": "sctp"}
_WITH_PORTS: Final = ("tcp", "udp")
"""For any other protocol AWS takes no ports (Amazon VPC user guide, "Security group rules", "Network ACL rules")."""
_HIGHEST_PROTOCOL: Final = 255
_NO_SEGMENT: Final = ("", "none")


class Known(NamedTuple):
    """A set of ports, and whether it is exactly what the resource says (False: the most that it could be)."""

    ports: PortSet
    exact: bool


def permitted(protocol: Any, first: Any, last: Any) -> Known:
    """Return the ports that a permitting rule names, all that it could be where it is unknown or makes no sense."""
    name = _protocol(protocol)
    if name is None:
        return Known(EVERYTHING, False)
    if name == "all":
        return Known(EVERYTHING, True)
    if name not in _WITH_PORTS:
        return Known(_ports(name), True)
    if first is UNKNOWN or last is UNKNOWN:
        return Known(_ports(name), False)
    low, high = _port(first), _port(last)
    if low is None or high is None or low > high:
        return Known(_ports(name), first in (None, -1, "-1") and last in (None, -1, "-1"))
    return Known(_ports(name, (low, high)), True)


@lru_cache(maxsize=1 << 12)
def _ports(protocol: str, *intervals: Interval) -> PortSet:
    return PortSet.of(protocol, *intervals)


def denied(protocol: Any, first: Any, last: Any, icmp_type: Any) -> PortSet:
    """Return the ports that a denying rule certainly takes away."""
    known = permitted(protocol, first, last)
    name = _protocol(protocol)
    of_one_number_only = name == "other"  # all protocols without a name share one set here
    of_some_types_only = name in ("icmp", "icmpv6") and str(icmp_type) not in ("-1", "None")
    return known.ports if known.exact and not of_one_number_only and not of_some_types_only else NOTHING


def network(text: str) -> AddressSet | None:
    """Return the addresses of a network in CIDR form, None for what is none."""
    try:
        return AddressSet.of(text)
    except ValueError:
        return None


def addresses(value: Any) -> AddressSet | None:
    """Return the addresses of a network or a list of them, None where one is unknown or no network."""
    found = []
    for item in value if isinstance(value, list | tuple) else [value]:
        if item is None or item == "":
            continue
        read = network(item) if isinstance(item, str) else None
        if read is None:
            return None
        found.append(read)
    return AddressSet().union(*found)


def told(resource: Resource, name: str) -> Any:
    """Return a property: from the inputs, else from the outputs; None where neither has it.

    An output that is not known yet, and that no input gives, has the value that AWS takes by itself.
    """
    value, recorded = resource.props.get(name), resource.outputs.get(name)
    if value is None:
        return None if recorded is UNKNOWN else recorded
    return recorded if value is UNKNOWN and name in resource.outputs else value


def tag(resource: Resource, name: str) -> str | None:
    """Return a tag's value, None where nobody gave it."""
    for where in (resource.props.get("tags"), resource.props.get("tagsAll"), resource.outputs.get("tagsAll")):
        if isinstance(where, dict) and isinstance(where.get(name), str) and where[name].lower() not in _NO_SEGMENT:
            return str(where[name])
    return None


def family(some: AddressSet, version: int) -> AddressSet:
    """Return the addresses of IP version 4 or 6 only."""
    return AddressSet(v4=some.v4) if version == 4 else AddressSet(v6=some.v6)  # noqa: PLR2004 (the version)


def overlap(some: AddressSet, other: AddressSet) -> bool:
    """Return whether two sets have an address in common, without making the set of them."""
    return overlapping(some.v4, other.v4) or overlapping(some.v6, other.v6)


@lru_cache(maxsize=1 << 14)
def common(some: PortSet, other: PortSet) -> PortSet:
    """Return the ports that both have; the same few sets meet over and over."""
    return some.intersect(other)


@lru_cache(maxsize=1 << 14)
def without(some: PortSet, other: PortSet) -> PortSet:
    """Return the ports that the other lacks."""
    return some.minus(other)


@lru_cache(maxsize=1 << 14)
def either(some: PortSet, other: PortSet) -> PortSet:
    """Return the ports that either has."""
    return some.union(other)


def size(some: AddressSet) -> int:
    """Return how many addresses there are."""
    return sum(last - first + 1 for first, last in (*some.v4, *some.v6))


def pieces(some: AddressSet) -> list[AddressSet]:
    """Return each interval of addresses by itself."""
    return [AddressSet(v4=(one,)) for one in some.v4] + [AddressSet(v6=(one,)) for one in some.v6]


def dicts(value: Any) -> list[Mapping[str, Any]]:
    """Return the blocks of a property that holds one or a list of them."""
    return [item for item in (value if isinstance(value, list | tuple) else [value]) if isinstance(item, dict)]


def is_true(value: Any) -> bool:
    """Return whether a switch is on, or could be."""
    return value is True or value is UNKNOWN or str(value).lower() == "true"


def is_false(value: Any) -> bool:
    """Return whether a switch is certainly off."""
    return value is False or str(value).lower() == "false"


def _protocol(value: Any) -> str | None:
    text = str(value).lower()
    if value is UNKNOWN or value is None or isinstance(value, bool):
        return None
    if text in ("-1", "all"):
        return "all"
    if text in _NAMES:
        return _NAMES[text]
    number = int(text) if text.isdecimal() and len(text) <= len(str(_HIGHEST_PROTOCOL)) else HIGHEST
    return protocol_name(number) if number <= _HIGHEST_PROTOCOL else None


def _port(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):  # no number, or one without end
        return None
    return number if 0 <= number <= HIGHEST else None


PRIVATE: Final = AddressSet.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
PUBLIC: Final = ANYWHERE.minus(PRIVATE)
"""Addresses that the public services of AWS may have."""
