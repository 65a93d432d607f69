"""What the owner approves besides countries: accounts, networks, names, registries."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.suffixes import is_public_suffix
from enclave_policies.law.folder.atlas import HOST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclave_policies.identifiers.addresses import Network
    from enclave_policies.law.folder.atlas import Atlas
    from enclave_policies.law.folder.parts import Row
    from enclave_policies.law.folder.sources import Sources

WIDEST: Final = {4: 8, 6: 16}
"""The shortest prefix of an own network by IP version: a wider block would hold other people's addresses."""


def read_approvals(sources: Sources, aws: Iterable[str], atlas: Atlas) -> dict[str, Any]:
    """Return the fields of Law that approved.yaml fills, by name; ``aws`` are the DNS suffixes of AWS."""
    plain = {
        "accounts": "account",
        "organizations": "organization",
        "issuers": "issuer",
        "buckets": "bucket",
    }
    registries = sources.approvals("registry", "registries")
    return {
        **{name: frozenset(sources.approvals(what, name)) for name, what in plain.items()},
        "registries": frozenset(registries),
        "networks": _networks(sources),
        "dns_zones": _dns_zones(sources, tuple(aws)),
        "mail_domains": frozenset(_own_names(sources, "mail domain", "mail_domains")),
        "mirrors": _mirrors(sources, frozenset(registries)),
        "receivers": _receivers(sources, atlas),
    }


def _receivers(sources: Sources, atlas: Atlas) -> frozenset[str]:
    """Return the hosts of other people that may be told something; one in a country that may hold no data does not."""
    named: dict[str, Row[str]] = sources.approvals("receiver", "receivers")
    for entry in named.values():
        atlas.check(entry, entry.value)
    return frozenset(name for name, entry in named.items() if entry.value in atlas.sets[HOST])


def _networks(sources: Sources) -> tuple[Network, ...]:
    networks = {text: (_network(text), entry) for text, entry in sources.approvals("network", "networks").items()}
    for text, (network, entry) in networks.items():
        if isinstance(network, str):
            sources.problems.append(entry.problem(f"network '{text}' {network}"))
    return tuple(network for network, _ in networks.values() if not isinstance(network, str))


def _network(text: str) -> Network | str:
    """Return a network, or what is wrong with its text."""
    try:
        network = ip_network(text)
    except ValueError:
        return "is no CIDR block (10.0.0.0/8; the bits behind the prefix are 0); correct it"
    widest = WIDEST[network.version]
    if network.prefixlen < widest:
        return f"is wider than /{widest}, so it holds other people's addresses; name your own blocks"
    return network


def _dns_zones(sources: Sources, aws: tuple[str, ...]) -> frozenset[str]:
    zones = _own_names(sources, "DNS zone", "dns_zones")
    for zone, entry in zones.items():
        for suffix in aws:
            if f".{zone}".endswith(f".{suffix}") or f".{suffix}".endswith(f".{zone}"):
                message = f"DNS zone '{zone}' holds AWS's {suffix} or lies in it; AWS hosts are judged by their region"
                sources.problems.append(entry.problem(message))
    return frozenset(zones)


def _own_names(sources: Sources, what: str, name: str) -> dict[str, Row[str]]:
    """Return the DNS names of a list; one that is a public suffix would make everybody's names own."""
    names: dict[str, Row[str]] = sources.approvals(what, name)
    for each, entry in names.items():
        if is_public_suffix(each):
            message = f"{what} '{each}' is a public suffix, below which everybody has names; name your own domains"
            sources.problems.append(entry.problem(message))
    return names


def _mirrors(sources: Sources, registries: frozenset[str]) -> dict[str, str]:
    mirrors: dict[str, Row[str]] = sources.approvals("mirror", "mirrors")
    for upstream, entry in mirrors.items():
        if not any(f"{entry.value}/".startswith(f"{registry}/") for registry in registries):
            message = f"mirror '{entry.value}' of {upstream} lies in no approved registry; add its registry"
            sources.problems.append(entry.problem(message))
    return {upstream: entry.value for upstream, entry in mirrors.items()}
