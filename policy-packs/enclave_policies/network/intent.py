"""What the network of a stack is meant to do, read from the component that the stack itself carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.network.networks import AddressSet
from enclave_policies.network.ports import EVERYTHING, PortSet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.resource import Resource

TYPE: Final = "enclave:index:NetworkIntent"
INTERNET: Final = "internet"
PERSON: Final = "person"
ELSEWHERE: Final = "elsewhere"
"""Private networks that are nobody's entry and no segment of the enclave."""
OUTSIDE: Final = frozenset({INTERNET, PERSON, ELSEWHERE})
_PORTS: Final = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
_WHOLE: Final = ("1-65535", "0-65535")


class IntentError(ValueError):
    """An intent that cannot be understood; the text continues the sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class Way:
    """A direct connection between two ends: ``internet``, ``person`` or ``SITE/SEGMENT``."""

    source: str
    target: str
    ports: PortSet

    def __str__(self) -> str:
        """Return the connection in words."""
        return f"{self.source} -> {self.target} on {self.ports}"


@dataclass(frozen=True, slots=True)
class Crossing:
    """Every way from one end to another, by however many hops, passes a segment with this name."""

    source: str
    target: str
    segment: str


@dataclass(frozen=True, slots=True)
class Intent:
    """What is meant: ``networks`` maps SITE/SEGMENT to its addresses, ``people`` are those of the entries.

    ``restricted`` are the segments that hold classified data; ``ways`` are all direct connections that are declared;
    ``links`` are the pairs of sites that are linked.
    """

    networks: Mapping[str, AddressSet]
    people: AddressSet
    restricted: frozenset[str]
    ways: tuple[Way, ...]
    must_deny: tuple[Way, ...]
    must_permit: tuple[Way, ...]
    must_cross: tuple[Crossing, ...]
    links: frozenset[frozenset[str]] = frozenset()

    def declared(self, source: str, target: str) -> PortSet:
        """Return the ports that the declared ways open from one end to another."""
        found = PortSet()
        for way in self.ways:
            if (way.source, way.target) == (source, target):
                found = found.union(way.ports)
        return found


def read_intent(resource: Resource) -> Intent:
    """Return the intent that a component's inputs say. Raises IntentError for what is missing or malformed."""
    given = resource.props
    try:
        return Intent(
            {str(name): AddressSet.of(network) for name, network in given["networks"].items()},
            AddressSet.of(*given["people"]),
            frozenset(map(str, given["restricted"])),
            *(tuple(_way(way) for way in given[name]) for name in ("ways", "mustDeny", "mustPermit")),
            tuple(Crossing(str(way["from"]), str(way["to"]), str(way["segment"])) for way in given["mustCross"]),
            frozenset(frozenset(map(str, link["between"])) for link in given.get("links", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IntentError(f"does not say what is meant ({type(error).__name__}: {error})") from None


def _way(given: Mapping[str, Any]) -> Way:
    return Way(str(given["from"]), str(given["to"]), _ports(str(given["protocol"]), str(given["ports"])))


def _ports(protocol: str, text: str) -> PortSet:
    if protocol == "any" and text in _WHOLE:
        return EVERYTHING
    written = _PORTS.fullmatch(text)
    if written is None:
        raise IntentError(f"names the ports '{text}'")
    span = (int(written[1]), int(written[2] or written[1]))
    if protocol != "any":
        return PortSet.of(protocol, span)
    return PortSet.from_mapping({"tcp": [span], "udp": [span], "sctp": [span]})
