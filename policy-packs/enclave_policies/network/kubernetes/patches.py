"""What patches make of the objects that the same stack makes: the cluster holds the patched object, so it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.podspec import POD_SPECS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.resources.resource import Resource

PATCHED: Final = frozenset({"NetworkPolicy", "Service", *POD_SPECS})
"""Kinds whose patches change who reaches whom."""
WHOLE: Final = frozenset({"selector", "podSelector", "namespaceSelector", "nodeSelector"})
"""Mappings that a patch sets as a whole (Kubernetes API, ``x-kubernetes-map-type: atomic``)."""
KEYED: Final[Mapping[str, tuple[tuple[str, Any], ...]]] = {
    "containers": (("name", None),),
    "initContainers": (("name", None),),
    "ephemeralContainers": (("name", None),),
    "ports": (("containerPort", None), ("port", None), ("protocol", "TCP")),
}
"""Lists whose entries a patch tells apart by some keys (``x-kubernetes-list-map-keys``), with what absent ones mean;
any other list it sets as a whole, the rules of a NetworkPolicy among them."""


@dataclass(frozen=True, slots=True)
class Made:
    """An object, the resource that makes it, and in which namespace of which cluster it stands (None: not known)."""

    found: KubernetesObject
    resource: Resource
    cluster: str
    namespace: str | None

    @property
    def key(self) -> tuple[str, ...] | None:
        """What tells it apart, None while a part of it is not known."""
        name = self.found.metadata("name")
        if self.namespace is None or not isinstance(name, str):
            return None
        return self.cluster, self.found.group, self.found.kind, self.namespace, name


def patched(made: Iterable[Made]) -> list[Made]:
    """Return the objects with the patches of this stack applied in their order; a patch of another's object stays."""
    every = list(made)
    place = {one.key: number for number, one in enumerate(every) if not one.found.patch and one.key is not None}
    spent: set[int] = set()
    for number, one in enumerate(every):
        changes = one.found.patch and one.found.kind in PATCHED and not one.found.custom
        target = place.get(one.key) if changes and one.key is not None else None
        if target is not None:
            before = every[target]
            every[target] = replace(before, found=replace(before.found, body=merged(before.found.body, one.found.body)))
            spent.add(number)
    return [one for number, one in enumerate(every) if number not in spent]


def merged(body: Any, patch: Any, name: str = "") -> Any:
    """Return what server-side apply makes of two values below a key of that name; what is not known stays so."""
    if isinstance(body, Mapping) and isinstance(patch, Mapping) and name not in WHOLE:
        return {**body, **{key: merged(body.get(key), value, key) for key, value in patch.items()}}
    if name in KEYED and _keyed(body) and _keyed(patch):
        found = {_key(one, name): one for one in body}
        for one in patch:
            found[_key(one, name)] = merged(found.get(_key(one, name)), one)
        return list(found.values())
    return body if patch is None else patch


def _keyed(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)


def _key(entry: Mapping[str, Any], name: str) -> tuple[str, ...]:
    told = (entry.get(key, absent) for key, absent in KEYED[name])
    return tuple(
        str(int(one) if isinstance(one, float) and one.is_integer() else one) for one in told
    )  # the engine's numbers are floating
