"""Where a resource would be: its own region, else its provider's; for Kubernetes the cluster behind its provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from enclave_policies.identifiers.shown import shown
from enclave_policies.places.clusters import binding_of
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.resources.resource import Provider, Resource
    from enclave_policies.resources.unknown import Unknown

AWS = "pulumi:providers:aws"
KUBERNETES = "pulumi:providers:kubernetes"

PLACED_BY_OWN_REGION = frozenset({"regional", "opaque"})

Selector = Literal["zone", "region", "provider", "cluster", "none"]


@dataclass(frozen=True, slots=True)
class Location:
    """Where a resource would be, and what says so.

    ``code``: region, zone or cluster name, UNKNOWN where it is not known yet, None where nothing says it.
    ``country`` is None where the catalog has none for the code.
    """

    selector: Selector
    code: str | Unknown | None
    country: str | None
    words: str


def locate(resource: Resource, law: Law) -> Location:
    """Return the resource's place: zone, else region, else the provider's region; cluster for Kubernetes."""
    provider = resource.as_provider or resource.provider
    if is_kubernetes(resource) and provider is not None:
        binding = binding_of(provider, law)
        if binding is UNKNOWN:
            return Location("cluster", UNKNOWN, None, "a cluster that is not known yet")
        if binding.cluster is None:
            return Location("cluster", None, None, binding.problem)
        return Location("cluster", binding.cluster.name, binding.cluster.country, law.cluster_words(binding.cluster))
    if not is_aws(resource):
        return Location("none", None, None, "no place of its own")
    zone = given(resource.props.get("availabilityZone"))
    if zone is not None and resource.as_provider is None:
        return _location("zone", zone, law)
    own = own_region(resource, law, law.kind(resource.type))
    if own is not None:
        return _location("region", own, law)
    return _location("provider", provider_region(provider), law)


def is_aws(resource: Resource) -> bool:
    """Return whether AWS would hold the resource: one of its types, or its provider."""
    return resource.type.startswith("aws:") or resource.type == AWS


def is_kubernetes(resource: Resource) -> bool:
    """Return whether a cluster would hold the resource: an object or a release, or the provider of a cluster."""
    return is_of_kubernetes(resource.type)


def is_of_kubernetes(type_: str) -> bool:
    """As `is_kubernetes`, of a type."""
    return type_.startswith("kubernetes:") or type_ == KUBERNETES


def own_region(resource: Resource, law: Law, kind: str | None) -> Any:
    """Return the region that the resource itself asks for (any value, UNKNOWN included), None when it asks for none.

    Where the type table gives ``region`` a role, the input means something else than the place.
    """
    if not resource.type.startswith("aws:") or "region" in law.inputs.get(resource.type, ()):
        return None
    if kind not in PLACED_BY_OWN_REGION:
        return None
    return given(resource.props.get("region"))


def provider_region(provider: Provider | None) -> Any:
    """Return the region of an AWS provider (any value, UNKNOWN included), None when it would come from outside."""
    if provider is None or provider.type != AWS:
        return None
    return given(provider.props.get("region"))


def given(value: Any) -> Any:
    """Return a value, None for one that says nothing; false, 0 and an empty list are no texts, but they are there."""
    return None if value is None or value == "" else value


def _location(selector: Selector, code: Any, law: Law) -> Location:
    if code is UNKNOWN:
        return Location(selector, UNKNOWN, None, f"a {selector} that is not known yet")
    if not isinstance(code, str):
        return Location(selector, None, None, "a region that only the environment would tell")
    place = law.regions.get(code) or law.zones.get(code)
    if place is None:
        return Location(selector, code, None, f"{shown(code)}, which the catalog does not know")
    return Location(selector, code, place.country, law.words(place))
