"""The law as rules see it: what is where, and what is approved."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from enclave_policies.catalog.controllers import Controllers
from enclave_policies.catalog.model_profiles import ModelProfiles
from enclave_policies.identifiers.addresses import is_own_address
from enclave_policies.identifiers.urls import host_of
from enclave_policies.law.digest import digest_of
from enclave_policies.law.lifecycle import Lifecycle
from enclave_policies.law.transition import Transitions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from enclave_policies.catalog.encryption import Encryption
    from enclave_policies.catalog.objects import ObjectInput
    from enclave_policies.catalog.switches import Switch
    from enclave_policies.identifiers.addresses import Network
    from enclave_policies.law.access import Access, StandInInspector
    from enclave_policies.law.custody import Custody
    from enclave_policies.law.facts import Cluster, Place, Region, StaleFact
    from enclave_policies.law.instruments import AdequacyDecision, ExceptionGrant, PlacementRule, Regime, TransferRule

DNS_NAME: Final = re.compile(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*")


@dataclass(frozen=True, eq=False)
class Law:
    """Everything that rules look up; one object per content, compared by identity.

    Countries are ISO 3166-1 alpha-2 codes, ``types`` maps a type token to its kind, ``inputs`` a token to its inputs'
    roles, ``mirrors`` an upstream registry to its own mirror's prefix, ``homes`` a regime to its own countries. ``day``
    is the day judged for; neither it nor ``stale`` (facts that nobody has checked for too long) belongs to the digest,
    nor ``newest``, the day of the newest check of a fact. ``approvals`` are the folders of inspectors' approvals (None:
    the project's own and the sandbox's); they are no law either, and evidence tells of them by themselves.
    ``let_in`` are the codes of places abroad that one resource may be in for now, ``sources`` the hosts there at which
    it may read (places.transition): both are empty in the law as it is read.
    """

    countries: Mapping[str, str]
    country_sets: Mapping[str, frozenset[str]]
    hosts: frozenset[str]
    accounts: frozenset[str]
    registries: frozenset[str]
    dns_suffixes: Mapping[str, tuple[str, ...]]
    regions: Mapping[str, Region]
    zones: Mapping[str, Place]
    clusters: tuple[Cluster, ...]
    stand_in_endpoints: frozenset[str]
    types: Mapping[str, str]
    day: date
    inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    switches: Mapping[str, tuple[Switch, ...]] = field(default_factory=dict)
    objects: Mapping[str, tuple[ObjectInput, ...]] = field(default_factory=dict)
    controllers: Controllers = field(default_factory=Controllers)
    models: ModelProfiles = field(default_factory=lambda: ModelProfiles({}, {}))
    encryption: Mapping[str, Encryption] = field(default_factory=dict)
    networks: tuple[Network, ...] = ()
    dns_zones: frozenset[str] = frozenset()
    mail_domains: frozenset[str] = frozenset()
    receivers: frozenset[str] = frozenset()
    buckets: frozenset[str] = frozenset()
    mirrors: Mapping[str, str] = field(default_factory=dict)
    organizations: frozenset[str] = frozenset()
    issuers: frozenset[str] = frozenset()
    homes: Mapping[Regime, frozenset[str]] = field(default_factory=dict)
    adequacy: tuple[AdequacyDecision, ...] = ()
    transfers: tuple[TransferRule, ...] = ()
    placement: tuple[PlacementRule, ...] = ()
    lifecycle: Lifecycle = field(default_factory=lambda: Lifecycle({}, frozenset()))
    transitions: Transitions = field(default_factory=Transitions)
    let_in: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    exceptions: tuple[ExceptionGrant, ...] = ()
    stale: tuple[StaleFact, ...] = ()
    newest: date | None = None
    custody: Custody | None = None
    access: Access | None = None
    stand_in_inspectors: Mapping[str, StandInInspector] = field(default_factory=dict)
    approvals: tuple[Path, ...] | None = None
    untagged: frozenset[str] = frozenset()

    def approves(self, country: str | None) -> bool:
        """Return whether sites in this country may hold data."""
        return country in self.hosts

    def lets(self, code: object, country: str | None) -> bool:
        """Return whether something may be in a region or zone: an approved country's, or one that is let in."""
        return code in self.let_in or self.approves(country)

    def kind(self, type_: str) -> str | None:
        """Return the kind of a resource type (see catalog.kinds), None for a type that nobody catalogued."""
        return self.types.get(type_) or self.types.get(f"{type_.partition(':')[0]}:*")

    def owns_account(self, account: str) -> bool:
        """Return whether an AWS account (12 digits) is the enclave's own."""
        return account in self.accounts

    def owns_organization(self, organization: str) -> bool:
        """Return whether an AWS organisation is the enclave's own: the law must list it."""
        return organization in self.organizations

    def owns_address(self, text: str) -> bool | None:
        """Return whether an IP address or CIDR block lies inside the enclave's networks; None when it is neither.

        Loopback and link-local addresses are own, as they lead nowhere else.
        """
        return is_own_address(text, self.networks)

    def owns_host(self, host: str) -> bool:
        """Return whether a host (a DNS name or address without a port) is the enclave's own.

        Own are the DNS zones and the names below them, the registered clusters, own addresses and ``localhost``.
        """
        address = self.owns_address(host)
        name = host.lower().removesuffix(".")
        return bool(address) or name == "localhost" or name in self.cluster_hosts or _is_below(name, self.dns_zones)

    def owns_mail(self, address: str) -> bool:
        """Return whether a mail address belongs to an own mail domain or a domain below one."""
        user, _, domain = address.strip().lower().partition("@")
        return bool(user) and _is_below(domain, self.mail_domains)

    @cached_property
    def cluster_hosts(self) -> frozenset[str]:
        """The hosts of the registered clusters' servers."""
        return frozenset(host for cluster in self.clusters if (host := host_of(cluster.server)))

    def words(self, place: Place) -> str:
        """Return a place in words: ``eu-west-2 (London, United Kingdom, GB)``."""
        if place.country is None:
            return f"{place.code} ({place.name}, country not published)"
        country = self.countries[place.country]
        names = [country] if place.name == country else [place.name, country]
        return f"{place.code} ({', '.join([*names, place.country])})"

    def cluster_words(self, cluster: Cluster) -> str:
        """Return a cluster in words: ``cluster hamar (Hamar, Norway, NO)``."""
        stand_in = ", stand-in" if cluster.stand_in else ""
        return (
            f"cluster {cluster.name} ({cluster.site}, {self.countries[cluster.country]}, {cluster.country}{stand_in})"
        )

    @cached_property
    def approved(self) -> str:
        """What may host, in words: regions, then clusters, then the countries behind both."""
        regions = [self.words(region) for region in self.regions.values() if self.lets(region.code, region.country)]
        clusters = [self.cluster_words(cluster) for cluster in self.clusters if self.approves(cluster.country)]
        return ", ".join([*regions, *clusters]) or "no place at all"

    @cached_property
    def approved_regions(self) -> tuple[str, ...]:
        """The codes of the AWS regions that may host."""
        return tuple(code for code, region in self.regions.items() if self.lets(region.code, region.country))

    @cached_property
    def partitions(self) -> frozenset[str]:
        """The AWS partitions that have an approved region."""
        return frozenset(region.partition for region in self.regions.values() if self.lets(region.code, region.country))

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over the whole effective law, the overlay included."""
        return digest_of(self)


def _is_below(name: str, zones: frozenset[str]) -> bool:
    """Return whether a lower-case DNS name is one of the zones or lies below one; a text that is no name is not."""
    if not DNS_NAME.fullmatch(name):
        return False
    labels = name.split(".")
    return any(".".join(labels[start:]) in zones for start in range(len(labels)))
