"""What is declared of gateways, read from the component of each site that the stack itself carries."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.rows import Row, row_of
from enclave_policies.reading.gathered import each, once
from hosts.gateway.bundle import Employer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

COMPONENTS: Final = frozenset({"enclave:aws:GatewayHosts", "enclave:kubernetes:GatewayHosts"})
Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Meant:
    """One gateway on one site as it is declared; ``machine_image`` and its ``balancer``'s name: None in a cluster."""

    networks: Mapping[Network, str]
    routes: Mapping[str, str]
    employers: Mapping[str, Employer]
    purposes: frozenset[str]
    approvers: Mapping[str, str]
    alerts: str
    rows: tuple[Row, ...]
    pseudonyms: Mapping[str, str]
    machine_image: str | None = None
    balancer: str | None = None


LEAVING: Final = "enclave:index:Leaving"


@once
def flows_meant(stack: Stack) -> frozenset[str]:
    """Return every line of the leaving flows that the stack carries, which ACC-017 judges."""
    told = (reading.setting("schema") for reading in stack.of_type(LEAVING))
    return frozenset(line for text in told if isinstance(text, str) for line in text.splitlines())


@once
def gateways_meant(stack: Stack) -> Mapping[tuple[str, str], Meant]:
    """Return every declared gateway by site and name; a component that does not say it whole is left out."""
    told = [reading for type_ in sorted(COMPONENTS) for reading in stack.of_type(type_)]
    return {name: meant for site in each(stack, told, _site) for name, meant in site.items()}


def _site(reading: Reading) -> dict[tuple[str, str], Meant]:
    given = reading.resource.props
    return {(str(given["site"]), str(name)): _meant(told) for name, told in given["gateways"].items()}


def _meant(told: Mapping[str, Any]) -> Meant:
    return Meant(
        {ip_network(network): str(country) for network, country in told["networks"].items()},
        {str(prefix): str(data_class) for prefix, data_class in told["routes"].items()},
        {
            str(name): Employer(str(one["country"]), str(one["controlledFrom"]))
            for name, one in told["employers"].items()
        },
        frozenset(map(str, told["purposes"])),
        {str(name): str(key) for name, key in told["approvers"].items()},
        str(told["alerts"]),
        tuple(map(row_of, told["rows"])),
        {str(name): str(value) for name, value in told.get("pseudonyms", {}).items()},
        told.get("machineImage"),
        told.get("balancer"),
    )
