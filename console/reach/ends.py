"""The ends that somebody asks about: names of the network's, or addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.network.graph import SELF
from enclave_policies.network.networks import AddressSet

if TYPE_CHECKING:
    from enclave_policies.network.network import Network


class NoEndError(ValueError):
    """An address that is no end; the text is for the user."""


def address_of(text: str) -> AddressSet | None:
    """Return the addresses that a text names (one, or a network in CIDR form), None for the name of an end."""
    try:
        return AddressSet.of(text)
    except ValueError:
        return None


def end_of(text: str, network: Network) -> tuple[str, AddressSet | None]:
    """Return the end that a text names, and its addresses where they are an end of their own.

    An address of a segment is that segment, as the same rules hold for all of it. Raises NoEndError.
    """
    asked = address_of(text)
    if asked is None:
        return text, None
    if network.intent is None:
        raise NoEndError(
            f"nobody can tell whose address {text} is: {network.problem}; name an end, such as SITE/SEGMENT"
        )
    if asked.intersect(SELF):
        raise NoEndError(f"{text} is an address of each host itself, which no network carries; name another")
    met = sorted(name for name, addresses in network.intent.networks.items() if addresses.intersect(asked))
    if not met:
        return text, asked
    if len(met) > 1 or not network.intent.networks[met[0]].contains(asked):
        raise NoEndError(f"{text} is more than one end ({', '.join(met[:3])} …); name a single address, or one of them")
    return met[0], None
