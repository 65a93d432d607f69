"""Where somebody is: three independent witnesses must say the same, and the network address alone says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Network, IPv6Network

DISAGREE: Final = "location-disagrees"
UNKNOWN: Final = "location-unknown"


@dataclass(frozen=True)
class Witnesses:
    """What the identity provider, the device's certificate and the network of arrival say; "" where one is silent."""

    identity: str
    device: str
    network: str


def agreed(witnesses: Witnesses) -> tuple[str, str]:
    """Return the country that all three name and no reason, or no country and the reason."""
    said = {witnesses.identity, witnesses.device, witnesses.network}
    if "" in said:
        return "", UNKNOWN
    return (said.pop(), "") if len(said) == 1 else ("", DISAGREE)


def network_of(address: str, networks: Mapping[IPv4Network | IPv6Network, str]) -> str:
    """Return the country of the narrowest declared network that an address lies in, else ""."""
    try:
        host = ip_address(address)
    except ValueError:
        return ""
    found = [network for network in networks if host.version == network.version and host in network]
    return networks[max(found, key=lambda network: network.prefixlen)] if found else ""
