"""The shipped enclave's Kubernetes site as hosts, and what is asked of them."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from enclave_policies.network.kubernetes import KubernetesNetwork
from enclave_policies.network.networks import AddressSet
from enclave_policies.network.nftables import permitted, ruleset

from components.declaration import load_declaration
from tests.enclave_policies.network.kubernetes.objects import networks, registered
from tests.network_packets.sending import Probe

if TYPE_CHECKING:
    from enclave_policies.network.path import Hop, Microsegment

    from components.declaration import Declaration

LOCAL = Path(__file__).resolve().parents[2] / "stacks" / "local.yaml"
CLOSED = 8080
"""A port that no path of the stack names."""
DNS = 53
OUTSIDE = {"a person": ["10.200.1.1", "fd00:200::1"], "the internet": ["203.0.113.9", "2001:db8::9"]}


@dataclass(frozen=True)
class Shipped:
    """A site's zones with two hosts each (name → addresses, IPv4 and IPv6), so that two of one zone can meet."""

    declaration: Declaration
    network: KubernetesNetwork
    hosts: dict[tuple[Microsegment, int], list[str]]

    @property
    def ruleset(self) -> str:
        """The model's answer, compiled for the router."""
        zones = {zone: AddressSet.of(*self.hosts[zone, 0], *self.hosts[zone, 1]) for zone in self.network.zones()}
        outside = AddressSet.of(*(address for addresses in OUTSIDE.values() for address in addresses))
        return ruleset(permitted(self.network, zones, outside), refuse=True)

    @property
    def addresses(self) -> dict[str, list[str]]:
        """Every host by its name."""
        return {**{host(*key): addresses for key, addresses in self.hosts.items()}, **OUTSIDE}

    @property
    def ports(self) -> list[int]:
        """Every declared port, DNS, and a closed one."""
        declared = [*self.declaration.paths, *self.declaration.entries]
        return sorted({number for way in declared for ports in way.ports for number in ports} | {DNS, CLOSED})

    def expected(self) -> dict[Probe, bool]:
        """Return every question with the model's answer: all pairs of zones and outsiders, TCP and UDP, each port."""
        found: dict[Probe, bool] = {}
        zones = self.network.zones()
        for source, target in product(zones, zones):
            hops = self.network.between(source, target)
            for address in self.hosts[target, 1]:
                found |= self._asked(host(source, 0), address, hops)
        for zone, (outsider, theirs) in product(zones, OUTSIDE.items()):
            # the first address of each is IPv4, the second IPv6
            for inside, outside in zip(self.hosts[zone, 0], theirs, strict=True):
                addresses = AddressSet.of(outside)
                found |= self._asked(outsider, inside, self.network.from_outside(addresses, zone))
                found |= self._asked(host(zone, 0), outside, self.network.to_outside(zone, addresses))
        return found

    def _asked(self, asking: str, address: str, hops: list[Hop]) -> dict[Probe, bool]:
        return {
            Probe(asking, address, protocol, port): any(hop.ports.has(protocol, port) for hop in hops)
            for protocol, port in product(("tcp", "udp"), self.ports)
        }


def shipped() -> Shipped:
    """Return the site as the program builds it for the local stack."""
    declaration = load_declaration(LOCAL)
    told = networks(declaration)
    network = KubernetesNetwork(registered(declaration), told)
    hosts: dict[tuple[Microsegment, int], list[str]] = {}
    for number, (zone, which) in enumerate(product(network.zones(), (0, 1)), start=10):
        block = told.get(f"{zone.site}/{zone.segment}", AddressSet.of("10.33.0.0/24"))
        hosts[zone, which] = [str(IPv4Address(block.v4[0][0] + number)), f"fd00:32::{number}"]
    return Shipped(declaration, network, hosts)


def host(zone: Microsegment, number: int) -> str:
    """Return what a host is called."""
    return f"{zone} #{number + 1}"
