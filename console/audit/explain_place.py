"""Where a resource would be, step by step, as the placement works it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.shown import shown
from enclave_policies.places.clusters import binding_of
from enclave_policies.places.placement import is_aws, is_kubernetes, locate, own_region, provider_region
from enclave_policies.resources.unknown import UNKNOWN

from located_yaml.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law
    from enclave_policies.resources.resource import Provider, Resource


def place_lines(resource: Resource, law: Law) -> Iterator[str]:
    """Yield the steps and what they lead to."""
    provider = resource.as_provider or resource.provider
    if is_kubernetes(resource):
        steps = _cluster(provider, law)
    elif is_aws(resource):
        steps = _region(resource, provider, law)
    else:
        steps = iter(("neither AWS nor a cluster holds it",))
    for number, step in enumerate(steps, 1):
        yield f"  {number}. {step}"
    place = locate(resource, law)
    if place.selector == "none":
        yield f"  so it has {place.words}"
    elif place.selector == "cluster" and not isinstance(place.code, str):
        yield f"  so nobody can tell where it is ({place.words}): not approved"
    else:
        country = law.countries.get(place.country or "", "no country that the law knows")
        approved = "approved" if law.approves(place.country) else "not approved"
        yield f"  so it is in {place.words}: {country}, {approved}"


def value_words(value: Any, absent: str = "none") -> str:
    """Return a value that chooses a place in words."""
    if value is UNKNOWN:
        return "not known (a value computed later, or a secret that cannot be read)"
    if value is None or value == "":
        return absent
    return shown(value) if isinstance(value, str) else f"{kind_of(value)}, which is no text"


def _region(resource: Resource, provider: Provider | None, law: Law) -> Iterator[str]:
    if resource.as_provider is None:
        yield f"its zone (availabilityZone): {value_words(resource.props.get('availabilityZone'))}"
        own = own_region(resource, law, law.kind(resource.type))
        yield f"its own region (region): {value_words(own)}{_why_not(resource, law)}"
    whose = f"the region of its provider {provider.name}" if provider else "its provider's region: it has no provider"
    yield f"{whose}: {value_words(provider_region(provider), 'none, so its environment would decide')}"


def _why_not(resource: Resource, law: Law) -> str:
    if own_region(resource, law, law.kind(resource.type)) is not None or not resource.props.get("region"):
        return ""
    role = law.inputs.get(resource.type, {}).get("region")
    return f" (its input 'region' is {role})" if role else f" (its class, {law.kind(resource.type)}, has none)"


def _cluster(provider: Provider | None, law: Law) -> Iterator[str]:
    if provider is None:
        yield "it has no provider, so its environment would choose the cluster"
        return
    default = ", which the environment configures" if provider.is_default else ""
    yield f"its provider: {provider.name} ({provider.type}){default}"
    binding = binding_of(provider, law)
    if binding is UNKNOWN:
        yield "its kubeconfig, context or cluster is not known"
        return
    yield f"the server that the provider's kubeconfig leads to: {binding.where or 'none that can be told'}"
    candidates = [cluster for cluster in law.clusters if cluster.server == binding.where]
    for cluster in candidates:
        pinned = f"certificate authority {cluster.ca_sha256}" if cluster.ca_sha256 else "its address alone"
        yield f"registered at that address: cluster {cluster.name}, told by {pinned}"
    if binding.cluster is None:
        yield f"no registered cluster: it {binding.problem}"
    else:
        yield f"cluster {binding.cluster.name} belongs to the site {binding.cluster.site}"
