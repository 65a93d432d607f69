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
INSPECTOR: Final = "inspector"
"""The receivers to which gateways deliver their record."""
ELSEWHERE: Final = "elsewhere"
"""Private networks that are nobody's entry and no other end."""
API_SERVER: Final = "api-server"
"""Addresses of sites of our own that belong to no segment, where a watch is to ask the API servers."""
WAVE_SOURCE: Final = "wave-source"
"""The private endpoints at which workers of waves read what moves into the enclave."""
WAVE_STORAGE: Final = "wave-storage"
"""The own stores of sites, to which workers of waves write."""
DIALLED: Final = "client-vpn"
"""How people come whose own devices dial in."""
OUTSIDE: Final = frozenset({INTERNET, PERSON, INSPECTOR, API_SERVER, WAVE_SOURCE, WAVE_STORAGE, ELSEWHERE})
_PORTS: Final = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
_WHOLE: Final = ("1-65535", "0-65535")


class IntentError(ValueError):
    """An intent that cannot be understood; the text continues the sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A direct connection between two ends: one of those outside or ``SITE/SEGMENT``."""

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
class Arrival:
    """A way by which people of declared networks reach one segment; ``over`` says what it is built of.

    Over a Client VPN, ``people`` are the addresses that devices get, and the rest is who may dial in, for how long, and
    the ARNs of what they prove it by.
    """

    at: str
    over: str
    people: AddressSet = NOWHERE
    groups: frozenset[str] = frozenset()
    server: str = ""
    authority: str = ""
    provider: str = ""
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Front:
    """What alone stands where people meet a gateway: its name there, its image, and who may ask it.

    ``address`` and ``balancer_class`` are those of the balancer on a site of our own, None where there is none.
    """

    at: str
    called: str
    image: str
    sources: AddressSet
    address: str | None = None
    balancer_class: str | None = None


@dataclass(frozen=True)
class Intent:
    """What is meant: ``networks`` maps SITE/SEGMENT to its addresses, ``people`` are those of the entries.

    ``restricted`` are the segments that hold classified data; ``ways`` are all direct connections that are declared;
    ``links`` are the pairs of sites that are linked, ``arrivals`` the ways of people to sites in AWS;
    ``fronts`` what alone stands where people meet gateways; ``inspector`` the addresses of the inspector's receivers,
    ``api_servers`` those of API servers that a watch asks, ``wave_sources`` and ``wave_storages`` those of the
    stores that workers of waves read and write.
    """

    networks: Mapping[str, AddressSet]
    people: AddressSet
    restricted: frozenset[str]
    ways: tuple[Connection, ...]
    must_deny: tuple[Connection, ...]
    must_permit: tuple[Connection, ...]
    must_cross: tuple[Crossing, ...]
    links: frozenset[frozenset[str]] = frozenset()
    arrivals: tuple[Arrival, ...] = ()
    fronts: tuple[Front, ...] = ()
    inspector: AddressSet = NOWHERE
    api_servers: AddressSet = NOWHERE
    wave_sources: AddressSet = NOWHERE
    wave_storages: AddressSet = NOWHERE

    @property
    def outsiders(self) -> Mapping[str, AddressSet]:
        """Those outside whose addresses are declared."""
        return {
            PERSON: self.people,
            INSPECTOR: self.inspector,
            API_SERVER: self.api_servers,
            WAVE_SOURCE: self.wave_sources,
            WAVE_STORAGE: self.wave_storages,
        }

    def addresses(self, end: str) -> AddressSet:
        """Return the addresses of an end, nothing for those outside that are nobody's entry."""
        return {**self.networks, **self.outsiders}.get(end, NOWHERE)

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
        networks = {str(name): AddressSet.of(network) for name, network in _table(given["networks"]).items()}
        storages = AddressSet.of(*_list(given.get("waveStorages", [])))
        intent = Intent(
            networks,
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
            tuple(_arrival(one) for one in map(_table, _list(given.get("arrivals", [])))),
            tuple(_front(one) for one in map(_table, _list(given.get("fronts", [])))),
            AddressSet.of(*_list(given.get("inspector", []))),
            AddressSet.of(*_list(given.get("apiServers", []))).minus(NOWHERE.union(storages, *networks.values())),
            AddressSet.of(*_list(given.get("waveSources", []))),
            storages,
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
    yield from {*(one.at for one in intent.arrivals), *(one.at for one in intent.fronts)} - set(intent.networks)
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


def _arrival(given: Mapping[str, Any]) -> Arrival:
    at, over = _text(given["at"]), _text(given["over"])
    if over != DIALLED:
        return Arrival(at, over)
    people, groups = AddressSet.of(_text(given["people"])), frozenset(map(_text, _list(given["groups"])))
    server, authority, provider = (_text(given[name]) for name in ("server", "authority", "provider"))
    return Arrival(at, over, people, groups, server, authority, provider, int(given["hours"]))


def _front(given: Mapping[str, Any]) -> Front:
    sources = AddressSet.of(*map(_text, _list(given["sources"])))
    own = [None if given.get(name) is None else _text(given[name]) for name in ("address", "class")]
    return Front(_text(given["at"]), _text(given["called"]), _text(given["image"]), sources, *own)


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
