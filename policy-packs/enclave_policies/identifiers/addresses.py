"""IP addresses and CIDR blocks: whether they lie inside the enclave's own networks."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network
from typing import Final

Network = IPv4Network | IPv6Network

LOCAL: Final = tuple(ip_network(text) for text in ("127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10"))
"""Loopback and link-local: nothing there leaves the machine or its wire."""
MAPPED: Final = IPv6Network("::ffff:0:0/96")
"""IPv4 addresses written as IPv6 (RFC 4291, section 2.5.5.2)."""
COMPATIBLE: Final = IPv6Network("::/96")
NAT64: Final = IPv6Network("64:ff9b::/96")
NUMBERS: Final = re.compile(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}")
V6_SIGNS: Final = re.compile(r"[0-9A-Fa-f:.]+(?:%\w+)?")
WEIGHTS: Final = (24, 16, 8, 0)
BYTE: Final = 255


@lru_cache(maxsize=4096)
def network_of(text: str) -> Network | None:
    """Return an IP address or CIDR block as a network (host bits do not matter), None for any other text.

    An IPv6 address may be written in brackets or with a zone id; a mapped IPv4 address counts as IPv4.
    """
    bare = text.strip().removeprefix("[").removesuffix("]")
    try:
        network = ip_interface(bare).network if "%" in bare else ip_network(bare, strict=False)
    except ValueError:
        return None
    if isinstance(network, IPv6Network) and network.subnet_of(MAPPED):
        return IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
    return network


def is_v6(text: str) -> bool:
    """Return whether a text is one IPv6 address without brackets."""
    return (
        text.count(":") > 1
        and "/" not in text
        and V6_SIGNS.fullmatch(text) is not None
        and network_of(text) is not None
    )


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


def host_address(text: str) -> Network | None:
    """Return the address that a host is in any spelling that programs understand, None for a name.

    Beside the usual forms: one to four numbers in decimal, octal or hex (``inet_aton``: ``3405803786``, ``0x8.8.8.8``),
    and IPv4 inside IPv6 (mapped, compatible, 6to4, NAT64), which counts as the IPv4 address that packets go to.
    Source: POSIX inet_addr(); RFC 4291, 3056 and 6052.
    """
    usual = network_of(text)
    if usual is not None:
        return _carried(usual) if isinstance(usual, IPv6Network) else usual
    parts = text.split(".")
    if not NUMBERS.fullmatch(text) or len(parts) > len(WEIGHTS):
        return None
    try:
        numbers = [int(part, 16 if part.startswith("0x") else 8 if part.startswith("0") else 10) for part in parts]
    except ValueError:
        return None
    *heads, last = numbers
    if any(head > BYTE for head in heads) or last >= 256 ** (5 - len(parts)):
        return None
    whole = last + sum(head << shift for head, shift in zip(heads, WEIGHTS, strict=False))
    return IPv4Network((whole, 32))


def _carried(network: IPv6Network) -> Network:
    """Return the IPv4 address that an IPv6 address stands for, itself where it stands for none."""
    if network.prefixlen != 128:  # noqa: PLR2004 (one address)
        return network
    address = network.network_address
    for inner in (address.ipv4_mapped, address.sixtofour):
        if inner is not None:
            return IPv4Network(inner)
    if address in NAT64 or (address in COMPATIBLE and int(address) > BYTE):
        return IPv4Network((int(address) & 0xFFFFFFFF, 32))
    return network
