"""Where somebody is: three independent witnesses must say the same, and the network address alone says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

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
    host = _host(address)
    narrowest, country = -1, ""
    for network, of in networks.items():
        if host is not None and network.prefixlen > narrowest and host in network:
            narrowest, country = network.prefixlen, of
    return country


@lru_cache(maxsize=4_096)
def _host(address: str) -> IPv4Address | IPv6Address | None:
    """Return an address, None for what is none; balancers and offices come again and again."""
    try:
        return ip_address(address)
    except ValueError:
        return None
