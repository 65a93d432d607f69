"""What a Client VPN must fulfil before AWS takes it, and so that it leads to a gateway and to nothing else.

Sources: AWS Client VPN administrator guide, "Rules and best practices" (the range of addresses), "Target networks" (the
subnets), "Single sign-on" and "Mutual authentication" (the account and the region of what devices and people prove).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from components.addresses import segment_slots, zone_slots
from components.declaration.arrivals import dial_ins
from components.declaration.model import AwsSite
from components.declaration.networks import Taken
from components.declaration.words import listed, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.declaration.arrivals import Arrival
    from components.declaration.found import Found
    from components.declaration.model import ClientVpn, Declaration

WIDEST, NARROWEST = 12, 22
"""Prefixes of the range from which devices get their addresses."""
NARROWEST_SUBNET: Final = 27
_BITS: Final = (segment_slots * zone_slots).bit_length() - 1
CERTIFICATES: Final = ("server_certificate", "client_authority")


def check_dial_ins(declaration: Declaration, names: Mapping[str, Any]) -> Iterator[Found]:
    """Yield (path, message) for each problem; ``names`` is the declaration as it was written."""
    whole = len(names_in(names, "gateways")) == len(declaration.gateways)
    seen: dict[tuple[str, str], int] = {}
    for one, over in dial_ins(declaration):
        yield from _range(declaration, one)
        if any(not isinstance(other, type(over)) for other in one.entry.arrives.values()):
            message = f"gives out {one.network}, from where another way of this entry comes; split the entry"
            yield one.at, message
        yield from _subnets(declaration, one)
        yield from _proofs(declaration, one, over)
        fronts = sorted({gateway.front for gateway in declaration.gateways.values()})
        if whole and one.entry.to not in fronts:
            message = f"leads to '{one.entry.to}', and who dials in reaches a gateway alone; name the front of one"
            yield one.at, f"{message} ({listed(fronts)})"
        first = seen.setdefault((one.site, one.entry.to), one.number)
        if first != one.number:
            message = f"entry {first} has a Client VPN there already, and a gateway could not tell their people apart"
            yield one.at, f"{message}; give both one entry, or a segment each"


def _range(declaration: Declaration, one: Arrival) -> Iterator[Found]:
    """Yield what is wrong with the addresses that devices get; that they are no site's is told of every entry."""
    at = ("entries", one.number, "from", 0)
    if not WIDEST <= one.network.prefixlen <= NARROWEST:
        message = f"{one.network} is a /{one.network.prefixlen}; a Client VPN takes /{WIDEST} to /{NARROWEST}"
        yield at, message
    others = Taken()
    for number, entry in enumerate(declaration.entries):
        for network in entry.from_ if number != one.number else ():
            others.add(network, f"entry {number}")
    if found := others.sharing(one.network):
        yield at, f"{one.network} overlaps {found[0]} of {found[1]}; devices that dial in need addresses of their own"


def _subnets(declaration: Declaration, one: Arrival) -> Iterator[Found]:
    site = declaration.sites.get(one.site)
    if isinstance(site, AwsSite) and (prefix := site.cidr.prefixlen + _BITS) > NARROWEST_SUBNET:
        message = (
            f"site '{one.site}' is a /{site.cidr.prefixlen}, so its subnets are /{prefix}, and a Client VPN stands "
        )
        yield one.at, f"{message}in /{NARROWEST_SUBNET} or wider; give the site a /{NARROWEST_SUBNET - _BITS}"


def _proofs(declaration: Declaration, one: Arrival, over: ClientVpn) -> Iterator[Found]:
    """Yield what devices and people would prove who they are by, and stands in another account or region."""
    site = declaration.sites.get(one.site)
    if isinstance(site, AwsSite):
        for name in (*CERTIFICATES, "saml_provider"):
            _, _, _, region, account, _ = str(getattr(over, name)).split(":")
            if account != site.account:
                yield (
                    (*one.at, name),
                    f"is of the account {account}, and '{one.site}' of {site.account}; take one there",
                )
            if name in CERTIFICATES and region != site.region:
                yield (*one.at, name), f"is of {region}, and '{one.site}' of {site.region}; take one of that region"
