"""What an inspector must fulfil: principals wherever there are sites, and nothing in common with who is inspected."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Final

from components.declaration.model import AwsSite, KubernetesSite
from components.declaration.networks import Taken, not_for_sites
from components.declaration.physical import INSPECTION
from components.declaration.words import cut, listed, names_in, undeclared
from hosts.watch.starting import WATCH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from components.declaration.found import Found
    from components.declaration.model import Declaration, Inspector

AT: Final = "inspector"
LOOKS_AT: Final = ("gateways", "network")
"""Scopes that the watch needs."""


def check_inspector(declaration: Declaration, names: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what is wrong with the inspector; ``names`` is the declaration as it was written."""
    inspector = declaration.inspector
    if inspector is None:
        return
    if inspector.name in names_in(names, "entities"):
        yield (AT, "name"), f"'{inspector.name}' employs people who are inspected; name somebody independent of them"
    if INSPECTION in declaration.keys:
        yield ("keys", INSPECTION), "the inspector's own key is called so; choose another name for this purpose"
    yield from _aws(declaration, inspector)
    yield from _kubernetes(declaration, inspector)
    yield from _receivers(declaration, inspector, names_in(names, "sites"))
    yield from _watch(declaration, inspector, names_in(names, "segments"))


def _watch(declaration: Declaration, inspector: Inspector, segments: Collection[str]) -> Iterator[Found]:
    watch, at = inspector.watch, (AT, "watch")
    if watch is None:
        return
    if WATCH in declaration.gateways:
        yield ("gateways", WATCH), "the inspector's watch is approved under this name; choose another for the gateway"
    if watch.segment not in segments:
        yield (*at, "segment"), undeclared("segment", watch.segment, segments)
    for name, gateway in declaration.gateways.items():
        if watch.segment in (gateway.segment, gateway.front):
            message = (
                f"people come to segment '{watch.segment}' for the gateway '{name}'; let the watch stand elsewhere"
            )
            yield (*at, "segment"), message
            break
    if lacking := [scope for scope in LOOKS_AT if scope not in inspector.scopes]:
        yield (AT, "scopes"), f"the watch looks at {listed(lacking)} too; add it, or remove the watch"
    if watch.aws is None:
        return
    if not any(isinstance(site, AwsSite) for site in declaration.sites.values()):
        yield (*at, "aws"), "no site lies in AWS, so there is nothing to look at; remove it"
    elif inspector.principals.aws is None:
        yield (*at, "aws"), "its role is of the inspector's account, which nobody names; add 'principals.aws'"


def _receivers(declaration: Declaration, inspector: Inspector, sites: Collection[str]) -> Iterator[Found]:
    buckets: dict[tuple[str, str], str] = {}
    taken = Taken()
    for name, site in declaration.sites.items():
        taken.add(site.cidr, f"site '{name}'")
    for index, entry in enumerate(declaration.entries):
        for network in entry.from_:
            taken.add(network, f"entry {index}, from where people come")
    for name, receiver in inspector.receivers.items():
        at = (AT, "receivers", name)
        if name not in sites:
            yield at, undeclared("site", name, sites)
        elif isinstance(declaration.sites.get(name), AwsSite):
            yield at, f"site '{name}' is in AWS, where the record goes to the site's own locked bucket; remove it"
        address = IPv4Network(receiver.address)
        if wrong := not_for_sites(address):
            message = f"{receiver.address} is {wrong}; the inspector's line leads to a private address (RFC 1918)"
            yield (*at, "address"), message
        elif found := taken.sharing(address):
            yield (*at, "address"), f"{receiver.address} lies in {found[0]} of {found[1]}; a receiver stands outside"
        first = buckets.setdefault((receiver.host, receiver.bucket), name)
        if first != name:
            yield (*at, "bucket"), f"the record of site '{first}' goes to this bucket; give each site its own"


def _aws(declaration: Declaration, inspector: Inspector) -> Iterator[Found]:
    there = [name for name, site in declaration.sites.items() if isinstance(site, AwsSite)]
    principal = inspector.principals.aws
    if principal is None:
        if there:
            message = f"the inspector sees nothing of site '{there[0]}'; add 'aws: {{account: …, external_id: …}}'"
            yield (AT, "principals"), message
        return
    at = (AT, "principals", "aws", "account")
    for name in there:
        site = declaration.sites[name]
        if isinstance(site, AwsSite) and site.account == principal.account:
            yield (
                at,
                f"{principal.account} is the account of site '{name}'; the inspector comes from an account of its own",
            )
    if declaration.organization and declaration.organization.account == principal.account:
        yield at, f"{principal.account} manages the organization; the inspector comes from an account of its own"


def _kubernetes(declaration: Declaration, inspector: Inspector) -> Iterator[Found]:
    sites = {name: site for name, site in declaration.sites.items() if isinstance(site, KubernetesSite)}
    principal = inspector.principals.kubernetes
    if principal is None:
        if sites:
            message = f"the inspector sees nothing of site '{next(iter(sites))}'; add 'kubernetes: {{groups: […]}}'"
            yield (AT, "principals"), message
        return
    taken = {group: f"operates site '{name}'" for name, site in sites.items() for group in site.operators}
    for purpose, key in declaration.keys.items():
        for role in key.administrators:
            taken.setdefault(role, f"administers the key '{purpose}'")
        for role in key.users:
            taken.setdefault(role, f"uses the key '{purpose}'")
        for role in key.sealers:
            taken.setdefault(role, f"seals with the key '{purpose}'")
    for index, group in enumerate(principal.groups):
        at = (AT, "principals", "kubernetes", "groups", index)
        if group.startswith("system:"):
            yield at, f"'{cut(group)}' is a group of Kubernetes itself (system:); name one of the inspector's"
        elif group in taken:
            yield at, f"'{cut(group)}' {taken[group]}, and nobody inspects themselves; name a group of the inspector's"
