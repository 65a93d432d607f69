"""What of a stack's state belongs to one of its sites, and what of that the engine may not delete."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.urns import urn_of
from enclave_policies.resources.resource import PROVIDER_PREFIX

from console.marks import classes_of, marks_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

REGIONS: Final = frozenset({"enclave:aws:EnclaveRegion", "enclave:kubernetes:EnclaveRegion"})
"""Types of the components that hold a site."""

NAMED: Final = frozenset({"aws:lb/loadBalancer:LoadBalancer", "kubernetes:core/v1:Namespace"})
"""Types whose names did not always carry the enclave's."""


RETAINED: Final = "retainOnDelete"
"""What the state says of a resource that stays in the cloud when the engine deletes it."""


@dataclass(frozen=True)
class Resource:
    """A resource of a site, as the state holds it.

    ``classes`` are the data classes that it says are in it, ``provider`` the inputs of its provider,
    ``stays`` whether it is left in the cloud when the site goes.
    """

    urn: str
    type: str
    id: str
    site: str
    classes: tuple[str, ...]
    inputs: Mapping[str, Any]
    provider: Mapping[str, Any]
    stays: bool = False

    @property
    def name(self) -> str:
        """The resource's own name."""
        return urn_of(self.urn).name


def sites_in(deployment: Mapping[str, Any]) -> frozenset[str]:
    """Return the sites that a state holds."""
    return frozenset(
        urn_of(entry["urn"]).name for entry in deployment.get("resources") or () if entry["type"] in REGIONS
    )


def by_site(deployment: Mapping[str, Any]) -> Mapping[str, list[Mapping[str, Any]]]:
    """Return the entries of a state that belong to a site, by its name, in the order of the state."""
    entries = deployment.get("resources") or ()
    above = {entry["urn"]: (entry["type"], entry.get("parent") or "") for entry in entries}
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in entries:
        site = _site_of(entry.get("parent") or "", above)
        if site is not None:
            found[site].append(entry)
    return found


def providers_in(deployment: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return the inputs of each provider of a state, by what refers to it (``URN::ID``)."""
    return {
        f"{entry['urn']}::{entry.get('id')}": entry.get("inputs") or {}
        for entry in deployment.get("resources") or ()
        if entry["type"].startswith(PROVIDER_PREFIX)
    }


def protected(deployment: Mapping[str, Any]) -> Iterator[Resource]:
    """Yield each protected resource that belongs to a site, in the order of the state."""
    return _marked(deployment, "protect")


def retained(deployment: Mapping[str, Any]) -> Iterator[Resource]:
    """Yield each resource of a site that stays in the cloud when the site goes, in the order of the state."""
    return _marked(deployment, RETAINED)


def _marked(deployment: Mapping[str, Any], mark: str) -> Iterator[Resource]:
    entries = deployment.get("resources") or ()
    above = {entry["urn"]: (entry["type"], entry.get("parent") or "") for entry in entries}
    providers = providers_in(deployment)
    for entry in entries:
        site = _site_of(entry.get("parent") or "", above) if entry.get(mark) else None
        if site is not None:
            inputs = entry.get("inputs") or {}
            provider = providers.get(entry.get("provider") or "", {})
            yield Resource(
                entry["urn"],
                entry["type"],
                str(entry.get("id") or ""),
                site,
                classes_of(marks_of(entry)),
                inputs,
                provider,
                stays=bool(entry.get(RETAINED)),
            )


def unretired(deployment: Mapping[str, Any], declared: Collection[str]) -> Mapping[str, int]:
    """Return the sites that are not among the declared ones and still have protected resources, and how many."""
    return Counter(each.site for each in protected(deployment) if each.site not in declared)


def standing(deployment: Mapping[str, Any], names: Collection[str]) -> list[str]:
    """Return which of these names of balancers and namespaces the state holds, sorted."""
    found = set()
    for entry in deployment.get("resources") or ():
        if entry["type"] in NAMED:
            inputs = entry.get("inputs") or {}
            found.add(str((inputs.get("metadata") or inputs).get("name")))
    return sorted(found.intersection(names))


def _site_of(urn: str, above: Mapping[str, tuple[str, str]]) -> str | None:
    while urn in above:
        type_, parent = above[urn]
        if type_ in REGIONS:
            return urn_of(urn).name
        urn = parent
    return None
