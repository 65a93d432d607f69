"""Which networks of a declaration share addresses, without comparing each with each."""

from __future__ import annotations

from bisect import bisect_left, insort
from ipaddress import IPv4Address, IPv4Network
from typing import Final

ONE_ADDRESS: Final = 32


PRIVATE: Final = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
RESERVED: Final = {
    IPv4Network("0.0.0.0/8"): "of this host alone (0/8)",
    IPv4Network("127.0.0.0/8"): "of this host alone (127/8)",
    IPv4Network("169.254.0.0/16"): "link-local, where clouds keep their metadata (169.254/16)",
    IPv4Network("224.0.0.0/4"): "for multicast (224/4)",
    IPv4Network("240.0.0.0/4"): "reserved (240/4)",
}
"""Source: RFC 6890, special-purpose addresses."""


def not_for_sites(network: IPv4Network) -> str | None:
    """Return what is wrong with addresses for machines of the enclave, None for private ones (RFC 1918)."""
    if any(network.subnet_of(private) for private in PRIVATE):
        return None
    found = next((words for reserved, words in RESERVED.items() if network.overlaps(reserved)), None)
    return found if found and network.prefixlen else "public address space"


class Taken:
    """Networks and whose they are; a question takes as long as a network has prefixes, however many there are.

    Networks are nested or apart, never half over each other: what shares addresses with one is above it or in it.
    """

    def __init__(self) -> None:
        self._owners: dict[IPv4Network, str] = {}
        self._sorted: list[IPv4Network] = []

    def add(self, network: IPv4Network, owner: str) -> None:
        """Note whose a network is; its first owner counts."""
        if network not in self._owners:
            self._owners[network] = owner
            insort(self._sorted, network)

    def sharing(self, network: IPv4Network) -> tuple[IPv4Network, str] | None:
        """Return an added network that shares addresses, and whose it is: the widest above, else the first inside."""
        above = (network.supernet(new_prefix=prefix) for prefix in range(network.prefixlen + 1))
        found = next((one for one in above if one in self._owners), None) or self._first_inside(network)
        return None if found is None else (found, self._owners[found])

    def holding(self, address: IPv4Address) -> tuple[IPv4Network, str] | None:
        """Return an added network that an address lies in, and whose it is."""
        return self.sharing(IPv4Network((int(address), ONE_ADDRESS)))

    def _first_inside(self, network: IPv4Network) -> IPv4Network | None:
        at = bisect_left(self._sorted, network)
        found = self._sorted[at] if at < len(self._sorted) else None
        return found if found is not None and found.subnet_of(network) else None
