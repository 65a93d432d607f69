"""Where a resource would be: its own region, else its provider's; for Kubernetes the cluster behind its provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from enclave_policies.clusters import bind
from enclave_policies.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.law import Law
    from enclave_policies.resource import Provider, Resource
    from enclave_policies.unknown import Unknown

AWS = "pulumi:providers:aws"
KUBERNETES = "pulumi:providers:kubernetes"
AWS_KINDS = frozenset({"regional", "provider-region", "global", "follows", "worldwide", "no-region"})

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
    kind = law.kind(resource.type)
    if kind == "kubernetes" and provider is not None:
        binding = bind(provider.props, law)
        if binding is UNKNOWN:
            return Location("cluster", UNKNOWN, None, "a cluster that is not known yet")
        if binding.cluster is None:
            return Location("cluster", None, None, binding.problem)
        return Location("cluster", binding.cluster.name, binding.cluster.country, law.cluster_words(binding.cluster))
    if kind not in AWS_KINDS:
        return Location("none", None, None, "no place of its own")
    for zone in resource.selectors.zones:
        if zone.path == "availabilityZone":
            return _location("zone", zone.value, law)
    own = own_region(resource, law)
    if own is not None:
        return _location("region", own, law)
    return _location("provider", provider_region(provider), law)


def own_region(resource: Resource, law: Law) -> Any:
    """Return the region that the resource itself asks for (any value, UNKNOWN included), None when it asks for none.

    Only a ``regional`` type is placed by its ``region``; elsewhere the input means something else.
    """
    if resource.as_provider is not None or law.kind(resource.type) != "regional":
        return None
    return resource.props.get("region") or None


def provider_region(provider: Provider | None) -> Any:
    """Return the region of an AWS provider (any value, UNKNOWN included), None when it would come from outside."""
    if provider is None or provider.type != AWS:
        return None
    return provider.props.get("region") or None


def place_inputs(props: Mapping[str, Any], names: tuple[str, ...]) -> list[str]:
    """Return those of ``names`` whose value is unknown."""
    return [name for name in names if props.get(name) is UNKNOWN]


def _location(selector: Selector, code: Any, law: Law) -> Location:
    if code is UNKNOWN:
        return Location(selector, UNKNOWN, None, f"a {selector} that is not known yet")
    if not isinstance(code, str):
        return Location(selector, None, None, "a region that only the environment would tell")
    place = law.regions.get(code) or law.zones.get(code)
    if place is None:
        return Location(selector, code, None, f"'{code}', which the catalog does not know")
    return Location(selector, code, place.country, law.words(place))
