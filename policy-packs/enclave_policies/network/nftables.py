"""The connections that a model permits, as an nftables ruleset for a router between its zones.

The router forwards what the model permits and what answers it, and drops the rest: so real packets tell whether the
kernel understands the model's answer as we do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from enclave_policies.network.networks import NOWHERE, AddressSet
from enclave_policies.network.ports import EVERYTHING, HIGHEST, PortSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enclave_policies.network.intervals import Intervals
    from enclave_policies.network.path import Hop, Microsegment

HEAD: Final = """\
table inet enclave {
    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state established,related accept
        ct state invalid drop
"""
REFUSAL: Final = """\
        meta l4proto tcp reject with tcp reset
        reject
"""
TAIL: Final = """\
    }
}
"""
NAMES: Final = {"icmp": "icmp", "icmpv6": "ipv6-icmp", "tcp": "tcp", "udp": "udp", "sctp": "sctp"}
FAMILIES: Final = (("ip", "v4"), ("ip6", "v6"))


class Network(Protocol):
    """A model of a network, as the graph of segments asks it too."""

    def between(self, source: Microsegment, target: Microsegment) -> list[Hop]:
        """Return the direct connections between two zones."""

    def from_outside(self, addresses: AddressSet, target: Microsegment) -> list[Hop]:
        """Return the connections from addresses that are no zone."""

    def to_outside(self, source: Microsegment, addresses: AddressSet) -> list[Hop]:
        """Return the connections to addresses that are no zone."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Packets that may open a connection, and why."""

    sources: AddressSet
    targets: AddressSet
    ports: PortSet
    because: tuple[str, ...]


def permitted(
    network: Network, hosts: Mapping[Microsegment, AddressSet], outside: AddressSet = NOWHERE
) -> list[Connection]:
    """Return what a network permits between hosts of its zones, and between them and addresses outside.

    ``hosts``: the addresses at which packets of each zone come by the router; two zones share none.
    """
    found: list[Connection] = []
    for source, here in hosts.items():
        for target, there in hosts.items():
            found += [Connection(here, there, hop.ports, hop.because) for hop in network.between(source, target)]
        for hop in network.from_outside(outside, source):
            found.append(Connection(_addresses(hop.source), here, hop.ports, hop.because))
        for hop in network.to_outside(source, outside):
            found.append(Connection(here, _addresses(hop.target), hop.ports, hop.because))
    return found


def ruleset(connections: Iterable[Connection], *, refuse: bool = False) -> str:
    """Return an nftables ruleset that forwards these connections and nothing else.

    The rest is dropped, or with ``refuse`` answered with a refusal, which tells a closed port from a slow machine.
    """
    lines = "".join(f"        {line}\n" for one in connections for line in _lines(one))
    return f"{HEAD}{lines}{REFUSAL if refuse else ''}{TAIL}"


def _lines(connection: Connection) -> Iterator[str]:
    for reason in connection.because:
        yield f"# {' '.join(reason.split())}"
    for family, field in FAMILIES:
        sources, targets = (_family(each, field) for each in (connection.sources, connection.targets))
        if sources and targets:
            for ports in _matches(connection.ports):
                yield f"{family} saddr {{ {sources} }} {family} daddr {{ {targets} }} {ports}accept"


def _family(addresses: AddressSet, field: str) -> str:
    """Return the addresses of one family in CIDR form, nothing where there are none."""
    one = AddressSet(v4=addresses.v4) if field == "v4" else AddressSet(v6=addresses.v6)
    return str(one) if one else ""


def _matches(ports: PortSet) -> Iterator[str]:
    if ports == EVERYTHING:
        yield ""
        return
    for protocol, intervals in ports.by_protocol:
        if protocol == "other":
            yield f"meta l4proto != {{ {', '.join(NAMES.values())} }} "
        elif intervals == ((0, HIGHEST),):
            yield f"meta l4proto {NAMES[protocol]} "
        else:
            yield f"{protocol} dport {{ {_ranges(intervals)} }} "


def _ranges(intervals: Intervals) -> str:
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in intervals)


def _addresses(written: str) -> AddressSet:
    """Return the addresses that a hop names in CIDR form."""
    return AddressSet.of(*written.split(", "))
