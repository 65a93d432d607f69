"""What the network of a stack is meant to do, read from the component that the stack itself carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.network.networks import NOWHERE, AddressSet
from enclave_policies.network.ports import EVERYTHING, HIGHEST, PROTOCOLS, PortSet
from located_yaml.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.resources.resource import Resource

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
class Connection:
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


@dataclass(frozen=True)
class Intent:
    """What is meant: ``networks`` maps SITE/SEGMENT to its addresses, ``people`` are those of the entries.

    ``restricted`` are the segments that hold classified data; ``ways`` are all direct connections that are declared;
    ``links`` are the pairs of sites that are linked.
    """

    networks: Mapping[str, AddressSet]
    people: AddressSet
    restricted: frozenset[str]
    ways: tuple[Connection, ...]
    must_deny: tuple[Connection, ...]
    must_permit: tuple[Connection, ...]
    must_cross: tuple[Crossing, ...]
    links: frozenset[frozenset[str]] = frozenset()

    def addresses(self, end: str) -> AddressSet:
        """Return the addresses of an end, nothing for those outside that are nobody's entry."""
        return self.people if end == PERSON else self.networks.get(end, NOWHERE)

    def declared(self, source: str, target: str) -> PortSet:
        """Return the ports that the declared ways open from one end to another."""
        return self._opened.get((source, target), PortSet())

    @cached_property
    def _opened(self) -> Mapping[tuple[str, str], PortSet]:
        found: dict[tuple[str, str], PortSet] = {}
        for way in self.ways:
            found[way.source, way.target] = found.get((way.source, way.target), PortSet()).union(way.ports)
        return found


def read_intent(resource: Resource) -> Intent:
    """Return the intent that a component's inputs say. Raises IntentError for what is missing or malformed."""
    given = resource.props
    try:
        intent = Intent(
            {str(name): AddressSet.of(network) for name, network in _table(given["networks"]).items()},
            AddressSet.of(*_list(given["people"])),
            frozenset(_text(name) for name in _list(given["restricted"])),
            _ways(given["ways"]),
            _ways(given["mustDeny"]),
            _ways(given["mustPermit"]),
            tuple(
                Crossing(_text(way["from"]), _text(way["to"]), _text(way["segment"]))
                for way in map(_table, _list(given["mustCross"]))
            ),
            frozenset(
                frozenset(map(_text, _list(link["between"]))) for link in map(_table, _list(given.get("links", [])))
            ),
        )
    except IntentError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise IntentError(f"does not say what is meant ({_why(error)})") from None
    strange = sorted(_strange(intent))
    if strange:
        raise IntentError(f"names what it gives no network: {', '.join(strange)}")
    return intent


def _why(error: Exception) -> str:
    """Return what is wrong with the inputs in words: which one is missing, or what does not stand where it should."""
    if isinstance(error, KeyError):
        return f"its {error.args[0]} is missing"
    return str(error)


def _strange(intent: Intent) -> Iterator[str]:
    """Yield ends and gateways that no network is given for: nothing would ever be found of them."""
    ways = (*intent.ways, *intent.must_deny, *intent.must_permit)
    ends = {(way.source, way.target) for way in ways} | {(one.source, one.target) for one in intent.must_cross}
    yield from {end for pair in ends for end in pair} - {*intent.networks, *OUTSIDE}
    yield from intent.restricted - set(intent.networks)
    segments = {name.rpartition("/")[2] for name in intent.networks}
    yield from {crossing.segment for crossing in intent.must_cross} - segments


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{kind_of(value)} stands where a list should")
    return value


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{kind_of(value)} stands where a table should")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{kind_of(value)} stands where a text should")
    return value


def _ways(given: Any) -> tuple[Connection, ...]:
    return tuple(_way(_table(way)) for way in _list(given))


def _way(given: Mapping[str, Any]) -> Connection:
    return Connection(_text(given["from"]), _text(given["to"]), _ports(_text(given["protocol"]), str(given["ports"])))


def _ports(protocol: str, text: str) -> PortSet:
    if protocol == "any" and text in _WHOLE:
        return EVERYTHING
    written = _PORTS.fullmatch(text)
    span = (int(written[1]), int(written[2] or written[1])) if written else (1, 0)
    if not 0 <= span[0] <= span[1] <= HIGHEST:
        raise IntentError(f"names the ports '{text}', which are no number or range from 0 to {HIGHEST}")
    if protocol not in ("any", *PROTOCOLS):
        raise IntentError(f"names the protocol '{protocol}'; known: any, {', '.join(PROTOCOLS)}")
    if protocol != "any":
        return PortSet.of(protocol, span)
    return PortSet.from_mapping({"tcp": [span], "udp": [span], "sctp": [span]})
