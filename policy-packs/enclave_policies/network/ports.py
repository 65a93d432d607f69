"""Sets of ports, apart for each protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from enclave_policies.network.intervals import intersected, merged, subtracted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enclave_policies.network.intervals import Interval, Intervals

HIGHEST: Final = 65535
WHOLE: Final[Intervals] = ((0, HIGHEST),)
PROTOCOLS: Final = ("icmp", "icmpv6", "other", "sctp", "tcp", "udp")
"""Protocols that are told apart; all that have no name here are ``other``. One without ports has all of them."""
_NUMBERS: Final = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", 132: "sctp"}


@dataclass(frozen=True, slots=True)
class PortSet:
    """Ports by protocol: ``by_protocol`` holds (protocol, intervals) sorted by protocol, none of them empty."""

    by_protocol: tuple[tuple[str, Intervals], ...] = ()

    @classmethod
    def of(cls, protocol: str, *intervals: Interval) -> PortSet:
        """Return the ports of one protocol, all of them where no interval is given."""
        return cls.from_mapping({protocol: intervals or WHOLE})

    @classmethod
    def from_mapping(cls, found: Mapping[str, Iterable[Interval]]) -> PortSet:
        """Return the ports of several protocols."""
        whole = {protocol: intersected(merged(intervals), WHOLE) for protocol, intervals in found.items()}
        return cls(tuple(sorted((protocol, intervals) for protocol, intervals in whole.items() if intervals)))

    def union(self, other: PortSet) -> PortSet:
        """Return the ports that either has."""
        mine, theirs = dict(self.by_protocol), dict(other.by_protocol)
        return PortSet.from_mapping({name: (*mine.get(name, ()), *theirs.get(name, ())) for name in mine | theirs})

    def intersect(self, other: PortSet) -> PortSet:
        """Return the ports that both have."""
        theirs = dict(other.by_protocol)
        found = ((name, intersected(intervals, theirs.get(name, ()))) for name, intervals in self.by_protocol)
        return PortSet(tuple((name, intervals) for name, intervals in found if intervals))

    def minus(self, other: PortSet) -> PortSet:
        """Return the ports that the other lacks."""
        theirs = dict(other.by_protocol)
        found = ((name, subtracted(intervals, theirs.get(name, ()))) for name, intervals in self.by_protocol)
        return PortSet(tuple((name, intervals) for name, intervals in found if intervals))

    def has(self, protocol: str, port: int) -> bool:
        """Return whether one port is among them."""
        return any(first <= port <= last for first, last in dict(self.by_protocol).get(protocol, ()))

    def __bool__(self) -> bool:
        return bool(self.by_protocol)

    def __str__(self) -> str:
        """Return the ports in words: ``tcp 443, 8000-8080; udp 53``."""
        if self == EVERYTHING:
            return "everything"
        return "; ".join(f"{name} {_words(intervals)}".rstrip() for name, intervals in self.by_protocol) or "nothing"


def _words(intervals: Intervals) -> str:
    if intervals == WHOLE:
        return ""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in intervals)


def protocol_name(number: int) -> str:
    """Return the name of an IP protocol (IANA, Protocol Numbers)."""
    return _NUMBERS.get(number, "other")


NOTHING: Final = PortSet()
EVERYTHING: Final = PortSet.from_mapping(dict.fromkeys(PROTOCOLS, WHOLE))
