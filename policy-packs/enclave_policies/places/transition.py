"""The law by which one resource is judged: a transitional site abroad may be where its basis lets it be, for now."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.urns import urn_of
from enclave_policies.law.instruments import PlacementRule
from enclave_policies.places.clusters import Binding, binding_of
from enclave_policies.places.hosts import short_codes
from enclave_policies.places.placement import provider_region
from enclave_policies.places.regions import only_stand_ins
from hosts.wave.starting import LABEL

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.law.transition import Transition
    from enclave_policies.resources.resource import Provider, Resource

OF_WORKERS: Final = frozenset({"kubernetes:batch/v1:Job", "kubernetes:core/v1:ConfigMap"})
"""Types of which workers of a wave are made, and that name where they read."""


def law_for(resource: Resource, law: Law) -> Law:
    """Return the law for a resource: with one region let in where its provider acts for a site that has a basis.

    What decides is the provider: its region, and the one account in which it may act. Whether the resource is of that
    site and holds what the basis is about, only the whole stack shows (JUR-050, JUR-053). What workers of a wave are
    made of on a cluster may name the endpoint of the wave's basis; that nobody else runs under the wave's name, the
    whole stack shows too (JUR-057).
    """
    provider = resource.as_provider or resource.provider
    if provider is None or law.let_in or law.sources or not law.transitions.rows:
        return law
    if resource.type in OF_WORKERS:
        return _of_worker(resource, provider, law)
    region, stack = provider_region(provider), urn_of(resource.urn).stack
    rows = tuple(
        each
        for each in law.transitions.rows
        if each.row.site.region == region
        and stack == each.row.site.stack
        and each.in_force(law.day)
        and _acts_there(provider, each, law)
    )
    return _letting_in(law, rows) if rows else law


def _of_worker(resource: Resource, provider: Provider, law: Law) -> Law:
    """Return the law for an object that says of which wave it is: a row for a stand-in counts on a stand-in alone."""
    metadata = resource.props.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    wave = labels.get(LABEL) if isinstance(labels, dict) else None
    binding = binding_of(provider, law) if isinstance(wave, str) else None
    cluster = binding.cluster if isinstance(binding, Binding) else None
    if cluster is None:
        return law
    found = law.transitions.endpoints(urn_of(resource.urn).stack, str(wave), law.day)
    hosts = frozenset(str(each.row.endpoint) for each in found if cluster.stand_in or not each.row.stand_in)
    return _reading_at(law, hosts) if hosts else law


@lru_cache(maxsize=32)
def _reading_at(law: Law, hosts: frozenset[str]) -> Law:
    return replace(law, sources=hosts)


def _acts_there(provider: Provider, found: Transition, law: Law) -> bool:
    """Return whether a provider can act in the account of a basis alone; a stand-in has one account for everybody."""
    if found.row.stand_in:
        return only_stand_ins(provider.setting("endpoints"), law)
    return bool(_accounts(provider.setting("allowedAccountIds")) == [found.row.site.account])


def _accounts(value: Any) -> Any:
    """Return a list that the engine hands over as JSON, and the program's guard as it is."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


@lru_cache(maxsize=32)
def _letting_in(law: Law, rows: tuple[Transition, ...]) -> Law:
    """Return a law that lets one region in, and there the classes of these rows; the same object for the same rows."""
    region = rows[0].row.site.region
    ids = tuple(f"{short}-az" for short, code in short_codes(law).items() if code == region)
    return replace(
        law,
        let_in=frozenset(
            {
                region,
                *(region + letter for letter in ascii_lowercase),
                *(zone for zone in law.zones if zone.startswith(ids)),
            }
        ),
        placement=(
            *law.placement,
            *(
                PlacementRule(
                    each.row.id,
                    frozenset(each.row.classes),
                    frozenset(each.row.regimes),
                    frozenset({each.row.site.country}),
                    each.line,
                )
                for each in rows
            ),
        ),
    )
