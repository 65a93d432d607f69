"""The ways over which people of an entry reach a site in AWS, and what these must fulfil."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from components.addresses import segment_network
from components.declaration.model import AwsSite, ClientVpn, SiteToSite
from components.declaration.words import undeclared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from ipaddress import IPv4Network

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration, Entry


class Arrival(NamedTuple):
    """One declared way of people to a site: the entry and its place in the list, the site, and what it leads over."""

    number: int
    entry: Entry
    site: str
    over: SiteToSite | ClientVpn

    @property
    def at(self) -> Keys:
        """Where it is declared."""
        return ("entries", self.number, "arrives", self.site)

    @property
    def network(self) -> IPv4Network:
        """The network that people come from: tunnels in AWS carry one for each side, and a Client VPN gives one out."""
        return self.entry.from_[0]

    @property
    def name(self) -> str:
        """What its resources are called."""
        return f"{self.site}-from-{str(self.network).replace('/', '_')}"


def arrivals(declaration: Declaration) -> Iterator[Arrival]:
    """Yield every declared way of people to a site in AWS."""
    for number, entry in enumerate(declaration.entries):
        for site, over in entry.arrives.items():
            yield Arrival(number, entry, site, over)


class Tunnels(NamedTuple):
    """A way of people that leads over tunnels, with what these are."""

    one: Arrival
    over: SiteToSite


class DialIn(NamedTuple):
    """A way of people that leads over a Client VPN, with what that is."""

    one: Arrival
    over: ClientVpn


def tunnels(declaration: Declaration) -> Iterator[Tunnels]:
    """Yield every way of people that leads over tunnels."""
    for one in arrivals(declaration):
        if isinstance(one.over, SiteToSite):
            yield Tunnels(one, one.over)


def dial_ins(declaration: Declaration, site: str | None = None) -> Iterator[DialIn]:
    """Yield every way of people that leads over a Client VPN, of one site or of all."""
    for one in arrivals(declaration):
        if isinstance(one.over, ClientVpn) and site in (None, one.site):
            yield DialIn(one, one.over)


def shows_its_network(entry: Entry, site: str) -> bool:
    """Return whether packets of an entry bear its own addresses at a site.

    A Client VPN puts those of its interfaces, so of the segment of the entry, in the place of devices' own (AWS Client
    VPN administrator guide, "Rules and best practices").
    """
    return not isinstance(entry.arrives.get(site), ClientVpn)


def countries_seen(declaration: Declaration, site: str) -> dict[str, str]:
    """Return the networks from which gateways of a site see people come → the country that these stand for."""
    found: dict[str, str] = {}
    for entry in declaration.entries:
        if entry.country and shows_its_network(entry, site):
            found |= {str(network): entry.country for network in entry.from_}
        elif entry.country:
            block = segment_network(declaration.sites[site].cidr, declaration.segments[entry.to].slot)
            found[str(block)] = entry.country
    return found


def check_arrivals(declaration: Declaration, sites: Collection[str]) -> Iterator[Found]:
    """Yield (path, message) for each problem; the names are those that the file declares, malformed ones included."""
    seen: dict[tuple[str, IPv4Network], int] = {}
    for one in arrivals(declaration):
        site = declaration.sites.get(one.site)
        if one.site not in sites:
            yield one.at, undeclared("site", one.site, sites)
        elif site is not None and not isinstance(site, AwsSite):
            message = f"'{one.site}' is a site of our own; people reach it at the gateway's balancer: say it there"
            yield one.at, f"{message} ('balancers')"
        elif site is not None and not site.provisioned:
            yield one.at, f"site '{one.site}' is {site.lifecycle} and has no network; add the way when it is built"
        if len(one.entry.from_) > 1:
            message = f"a way carries one network, and the entry has {len(one.entry.from_)}; split the entry"
            yield one.at, message
        if one.entry.country is None:
            yield one.at, "needs the entry's 'country', as the law must let people there reach the site"
        first = seen.setdefault((one.site, one.network), one.number)
        if first != one.number:
            message = f"{one.network} has a way to '{one.site}' in entry {first} already; add the ports there"
            yield one.at, message
