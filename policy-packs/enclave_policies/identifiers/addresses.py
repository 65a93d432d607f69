"""IP addresses and CIDR blocks: whether they lie inside the enclave's own networks."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network
from typing import Final

Network = IPv4Network | IPv6Network

LOCAL: Final = tuple(ip_network(text) for text in ("127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10"))
"""Loopback and link-local: nothing there leaves the machine or its wire."""
MAPPED: Final = IPv6Network("::ffff:0:0/96")
"""IPv4 addresses written as IPv6 (RFC 4291, section 2.5.5.2)."""


@lru_cache(maxsize=4096)
def network_of(text: str) -> Network | None:
    """Return an IP address or CIDR block as a network (host bits do not matter), None for any other text.

    An IPv6 address may be written in brackets or with a zone id; a mapped IPv4 address counts as IPv4.
    """
    try:
        network = ip_interface(text.strip().removeprefix("[").removesuffix("]")).network
    except ValueError:
        return None
    if isinstance(network, IPv6Network) and network.subnet_of(MAPPED):
        return IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
    return network


def is_own_address(text: str, own: tuple[Network, ...]) -> bool | None:
    """Return whether an address or block lies inside ``own``, loopback or link-local; None when it is neither."""
    network = network_of(text)
    if network is None:
        return None
    return any(
        network.version == other.version
        and int(other.network_address) <= int(network.network_address)
        and int(network.broadcast_address) <= int(other.broadcast_address)
        for other in (*own, *LOCAL)
    )
