"""What a declaration must fulfil beyond the shape of its records: references, addresses, separation of duties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.addresses import narrowest_site, overlaps, widest_site
from components.declaration.invariants import check_invariants, check_ports
from components.declaration.links import check_links
from components.declaration.model import AwsSite, KubernetesSite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from components.declaration.model import Declaration

Found = tuple[tuple[str | int, ...], str]


def check(declaration: Declaration, names: Mapping[str, Any]) -> Iterator[Found]:
    """Yield (path, message) for each problem.

    ``names`` is the declaration as it was written: a part of it that is malformed, and so missing from ``declaration``,
    still counts as declared.
    """
    yield from _references(declaration, names)
    yield from check_ports(declaration)
    ends = (_names(names, section) for section in ("segments", "sites", "gateways"))
    yield from check_invariants(declaration, *ends)
    yield from check_links(declaration, _names(names, "segments"), _names(names, "sites"))
    yield from _slots(declaration)
    yield from _networks(declaration)
    yield from _sites(declaration)
    yield from _organization(declaration)
    for name, key in declaration.keys.items():
        both = sorted(set(key.administrators) & set(key.users))
        if both:
            yield (
                ("keys", name, "users"),
                f"{_list(both)} may not both administer and use the key; name another role",
            )


def _references(declaration: Declaration, names: Mapping[str, Any]) -> Iterator[Found]:
    segments, classes = _names(names, "segments"), _names(names, "data_classes")
    for index, path in enumerate(declaration.paths):
        yield from _unknown(("paths", index, "from"), path.from_, segments, "segment")
        yield from _unknown(("paths", index, "to"), [path.to], segments, "segment")
    for index, entry in enumerate(declaration.entries):
        yield from _unknown(("entries", index, "to"), [entry.to], segments, "segment")
    for name, segment in declaration.segments.items():
        yield from _unknown(("segments", name, "classes"), segment.classes, classes, "data class")
    for name, key in declaration.keys.items():
        yield from _unknown(("keys", name, "classes"), key.classes, classes, "data class")
    for name, gateway in declaration.gateways.items():
        yield from _unknown(("gateways", name, "segment"), [gateway.segment], segments, "segment")
        yield from _unknown(("gateways", name, "front"), [gateway.front], segments, "segment")
    for purpose in ("store", "logs", "volumes"):
        if purpose not in _names(names, "keys"):
            yield ("keys",), f"no key for '{purpose}'; every site encrypts its {purpose}: declare it"


def _slots(declaration: Declaration) -> Iterator[Found]:
    taken: dict[int, str] = {}
    for name, segment in declaration.segments.items():
        first = taken.setdefault(segment.slot, name)
        if first != name:
            message = f"slot {segment.slot} belongs to segment '{first}' already; choose a free one"
            yield ("segments", name, "slot"), message


def _networks(declaration: Declaration) -> Iterator[Found]:
    networks = {name: site.cidr for name, site in declaration.sites.items()}
    for name, network in networks.items():
        if not widest_site <= network.prefixlen <= narrowest_site:
            message = f"{network} is a /{network.prefixlen}; a site takes /{widest_site} to /{narrowest_site}"
            yield ("sites", name, "cidr"), message
        if not network.is_private:
            yield (
                ("sites", name, "cidr"),
                f"{network} is public address space; take a private network (RFC 1918)",
            )
    for first, second in overlaps(networks):
        message = f"{networks[second]} overlaps {networks[first]} of site '{first}'; choose a free network"
        yield ("sites", second, "cidr"), message
    for index, entry in enumerate(declaration.entries):
        for number, network in enumerate(entry.from_):
            place = ("entries", index, "from", number)
            if not network.is_private:
                yield (
                    place,
                    f"{network} is not a private network; people come over site links, never the internet",
                )
            for name, site in networks.items():
                if network.overlaps(site):
                    yield place, f"{network} overlaps {site} of site '{name}'; an entry comes from outside"


def _sites(declaration: Declaration) -> Iterator[Found]:
    for name, site in declaration.sites.items():
        if site.role == "transitional" and site.exit_by is None:
            yield (
                ("sites", name),
                "a transitional site needs 'exit_by: YYYY-MM-DD', the day by which it is left",
            )
        if site.role == "enclave" and site.exit_by is not None:
            yield (
                ("sites", name, "exit_by"),
                "only a transitional site has 'exit_by'; remove it or set the role",
            )
        if isinstance(site, AwsSite):
            yield from _aws_site(declaration, name, site)
        elif isinstance(site, KubernetesSite):
            if declaration.sandbox and site.cluster is not None:
                message = "in a sandbox the stand-in cluster brings its own identity; remove 'cluster'"
                yield ("sites", name, "cluster"), message
            if not declaration.sandbox and site.cluster is None:
                message = "needs 'cluster: {ca_sha256: …}', the SHA-256 of the cluster's CA certificate (DER)"
                yield ("sites", name), message


def _organization(declaration: Declaration) -> Iterator[Found]:
    organization = declaration.organization
    if organization is None:
        return
    if declaration.sandbox:
        yield ("organization",), "in a sandbox the stand-in organization brings its own root; remove 'organization'"
    for name, site in declaration.sites.items():
        if isinstance(site, AwsSite) and site.account == organization.account:
            message = (
                f"{site.account} is the account of site '{name}'; service control policies do not bind the management "
                "account: give the site an account of its own"
            )
            yield ("organization", "account"), message


def _aws_site(declaration: Declaration, name: str, site: AwsSite) -> Iterator[Found]:
    if len(set(site.zones)) != len(site.zones):
        yield ("sites", name, "zones"), "a zone is named twice; name each once"
    for gateway_name, gateway in declaration.gateways.items():
        if site.region not in gateway.machine_images:
            message = f"no machine image for {site.region}, the region of site '{name}'; add '{site.region}: ami-…'"
            yield ("gateways", gateway_name, "machine_images"), message


def _unknown(path: tuple[str | int, ...], used: Iterable[str], known: list[str], what: str) -> Iterator[Found]:
    for name in used:
        if name not in known:
            yield path, f"{what} '{name}' is not declared; declared: {_list(known)}"


def _names(raw: Mapping[str, Any], section: str) -> list[str]:
    part = raw.get(section)
    return list(part) if isinstance(part, dict) else []


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
