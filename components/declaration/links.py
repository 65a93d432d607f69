"""What a declaration's links must fulfil: two sites that can be linked, paths between them, own outer addresses."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from components.declaration.arrivals import tunnels
from components.declaration.model import AwsSite, KubernetesSite
from components.declaration.networks import Taken, not_for_sites
from components.declaration.words import undeclared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration, Link, LinkPath, LinkRemote, LinkTransit


# A transit gateway takes a block of /24 or wider (Amazon VPC transit gateways guide, "Transit gateway CIDR blocks").
narrowest_transit = 24


def check_links(declaration: Declaration, segments: Collection[str], sites: Collection[str]) -> Iterator[Found]:
    """Yield (path, message) for each problem; the names are those that the file declares, malformed ones included."""
    linked: dict[frozenset[str], str] = {}
    for name, link in declaration.links.items():
        yield from _between(declaration, name, link, sites)
        first = linked.setdefault(frozenset(link.between), name)
        if first != name:
            message = f"link '{first}' is between {' and '.join(link.between)} already; add the paths to it"
            yield ("links", name, "between"), message
        if link.ends_in not in segments:
            yield ("links", name, "ends_in"), undeclared("segment", link.ends_in, segments)
        for index, path in enumerate(link.paths):
            yield from _path(declaration, ("links", name, "paths", index), link, path, segments)
    yield from _ends(declaration)
    yield from _addresses(declaration)


def _between(declaration: Declaration, name: str, link: Link, sites: Collection[str]) -> Iterator[Found]:
    at = ("links", name, "between")
    for index, site in enumerate(link.between):
        known = declaration.sites.get(site)
        if site not in sites:
            yield (*at, index), undeclared("site", site, sites)
        elif known is not None and not known.provisioned:
            message = f"site '{site}' is {known.lifecycle} and has no network; link it when it is built"
            yield (*at, index), message
    one, other = link.between
    if one == other:
        yield (*at, 1), f"'{one}' is linked with itself; name two sites"
        return
    kinds = [type(declaration.sites[site]) for site in link.between if site in declaration.sites]
    if len(kinds) == len(link.between) and set(kinds) != {AwsSite, KubernetesSite}:
        yield at, f"both sites are of kind {declaration.sites[one].kind}; a link joins AWS with a site of our own"


def _path(declaration: Declaration, at: Keys, link: Link, path: LinkPath, segments: Collection[str]) -> Iterator[Found]:
    target = path.to.partition("/")[0]
    ends = [((*at, "from", index), end) for index, end in enumerate(path.from_)] + [((*at, "to"), path.to)]
    for where, end in ends:
        site, _, segment = end.partition("/")
        if site not in link.between:
            yield where, f"site '{site}' is not one of this link's ({' and '.join(link.between)})"
        elif where[-1] != "to" and site == target:
            yield where, f"'{end}' and '{path.to}' are on one site; that is one of its own 'paths'"
        if segment not in segments:
            yield where, undeclared("segment", segment, segments)
        elif segment == link.ends_in and isinstance(declaration.sites.get(site), AwsSite):
            yield where, f"segment '{segment}' is where the link ends, which only passes on; name another segment"


def _outer(declaration: Declaration) -> Iterator[tuple[Keys, str, LinkRemote, LinkTransit]]:
    """Yield (path, name in words, remote, transit) of everything with tunnels: links, and arrivals of people."""
    for name, link in declaration.links.items():
        yield ("links", name), f"link '{name}'", link.remote, link.transit
    for one, over in tunnels(declaration):
        yield one.at, f"the way of entry {one.number} to site '{one.site}'", over.remote, over.transit


def _ends(declaration: Declaration) -> Iterator[Found]:
    for above, _, remote, transit in _outer(declaration):
        at = (*above, "transit")
        if transit.asn == remote.asn:
            yield (*at, "asn"), f"{transit.asn} is the remote device's number too; give each end its own"
        if transit.network.prefixlen > narrowest_transit:
            found = transit.network
            yield (*at, "network"), f"{found} is a /{found.prefixlen}; AWS takes /{narrowest_transit} or wider"
        if declaration.sandbox and transit.direct_connect is not None:
            yield (*at, "direct_connect"), "a sandbox has no circuits; remove 'direct_connect'"
        if not declaration.sandbox and transit.direct_connect is None:
            yield at, "needs 'direct_connect: UUID', the Direct Connect gateway whose circuit carries the tunnels"


def _addresses(declaration: Declaration) -> Iterator[Found]:
    """Yield outer addresses that are public, or that something else has already."""
    taken = Taken()
    for name, site in declaration.sites.items():
        taken.add(site.cidr, f"site '{name}'")
    for index, way in enumerate(declaration.entries):
        for each in way.from_:
            taken.add(each, f"entry {index}")
    for at, owner, remote, transit in _outer(declaration):
        network, address = transit.network, remote.address
        for where, outer in (((*at, "transit", "network"), network), ((*at, "remote", "address"), address)):
            if wrong := not_for_sites(IPv4Network(outer)):
                yield where, f"{outer} is {wrong}; the tunnels run over a private circuit (RFC 1918), never elsewhere"
        if found := taken.sharing(network):
            yield (*at, "transit", "network"), f"{network} overlaps {found[0]} of {found[1]}; choose a free network"
        own = (network, "this link's transit gateway") if address in network else None
        if found := own or taken.holding(address):
            message = f"{address} lies in {found[0]} of {found[1]}; the device stands outside"
            yield (*at, "remote", "address"), message
        taken.add(network, owner)
