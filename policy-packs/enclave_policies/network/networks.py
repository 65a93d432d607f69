"""Sets of addresses, IPv4 and IPv6 apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network, summarize_address_range
from itertools import chain
from typing import TYPE_CHECKING, Final

from enclave_policies.network.intervals import intersected, merged, subtracted

if TYPE_CHECKING:
    from enclave_policies.network.intervals import Intervals


@dataclass(frozen=True, slots=True)
class AddressSet:
    """Addresses as intervals of whole numbers: ``v4`` and ``v6`` are sorted and disjoint."""

    v4: Intervals = ()
    v6: Intervals = ()

    @staticmethod
    def of(*networks: str | IPv4Network | IPv6Network) -> AddressSet:
        """Return the addresses of networks in CIDR form (or single addresses). ValueError for what is no network."""
        return NOWHERE.union(*(_of_one(str(network)) for network in networks))

    def union(self, *others: AddressSet) -> AddressSet:
        """Return the addresses that any has."""
        every = [one for one in (self, *others) if one]
        if len(every) <= 1:
            return every[0] if every else NOWHERE
        return AddressSet(
            merged(chain.from_iterable(one.v4 for one in every)), merged(chain.from_iterable(one.v6 for one in every))
        )

    def intersect(self, other: AddressSet) -> AddressSet:
        """Return the addresses that both have."""
        return AddressSet(intersected(self.v4, other.v4), intersected(self.v6, other.v6))

    def minus(self, other: AddressSet) -> AddressSet:
        """Return the addresses that the other lacks."""
        return AddressSet(subtracted(self.v4, other.v4), subtracted(self.v6, other.v6))

    def contains(self, other: AddressSet) -> bool:
        """Return whether every address of the other is among them."""
        return not other.minus(self)

    def __bool__(self) -> bool:
        return bool(self.v4 or self.v6)

    def __str__(self) -> str:
        """Return the addresses in CIDR form, separated by commas."""
        return _written(self)  # kept, as the same few sets are told of again and again


NOWHERE: Final = AddressSet()


@lru_cache(maxsize=1 << 14)
def _of_one(text: str) -> AddressSet:
    """Return the addresses of one network; several rules ask of each."""
    network = ip_network(text, strict=False)
    interval = (int(network.network_address), int(network.broadcast_address))
    return AddressSet((interval,)) if isinstance(network, IPv4Network) else AddressSet(v6=(interval,))


@lru_cache(maxsize=1 << 12)
def _written(some: AddressSet) -> str:
    four = (summarize_address_range(IPv4Address(first), IPv4Address(last)) for first, last in some.v4)
    six = (summarize_address_range(IPv6Address(first), IPv6Address(last)) for first, last in some.v6)
    return ", ".join(str(network) for network in chain(*four, *six)) or "nothing"


ANYWHERE: Final = AddressSet.of("0.0.0.0/0", "::/0")
