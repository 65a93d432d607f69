"""What a pod is told together with what it takes from the ConfigMaps and Secrets of its stack.

A variable has the same verdict wherever it stands. So a pod is read as if it had written itself what it takes; and
what only the settings beside a value can tell (a region next to an own endpoint, the absence of a setting) is asked of
the pods that take it, and of the object that keeps it only where no pod of the stack does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.kubernetes.contents import KEPT
from enclave_policies.kubernetes.objects import PACKAGE, objects_of
from enclave_policies.kubernetes.survey import survey as survey_of
from enclave_policies.kubernetes.surveyed import surveyed
from enclave_policies.kubernetes.taken import Kept, values_of, with_taken
from enclave_policies.reading.claims import of_object
from enclave_policies.reading.gathered import each, once
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.patterns import REGION_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.kubernetes.surveyed import Surveyed
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack
    from enclave_policies.resources.claim import Claim

DEFAULT_NAMESPACE: Final = "default"

Place = tuple[object, Any, str]
"""A cluster, a namespace (UNKNOWN where nobody knows it yet) and a kind."""


class Joined(NamedTuple):
    """A resource with what it takes: its claims, its objects' bodies, and URN → the keys, None among them for all."""

    claims: tuple[Claim, ...]
    taken: Mapping[str, set[str | None]]
    bodies: tuple[Mapping[str, Any], ...]


def depends_on_others(claim: Claim, reading: Reading) -> bool:
    """Return whether only the settings beside a claim decide on it, and other resources may hold some of them."""
    if claim.kind not in ("default", "bucket") and not (claim.kind == "place" and REGION_KEY.fullmatch(claim.key)):
        return False
    return any(_stands_in(claim, found, survey.taking) for found, survey in surveyed(reading.resource))


def _stands_in(claim: Claim, found: KubernetesObject, taking: list[tuple[str, ...]]) -> bool:
    if found.kind in KEPT and not found.custom:
        return claim.block in {(found.path, name) for name in KEPT[found.kind]}
    holders = ((found.path, *path[:-1]) for path in taking)
    return any(claim.block[: len(holder)] == holder for holder in holders)


def claims_with_taken(reading: Reading, stack: Stack) -> tuple[Claim, ...]:
    """Return the claims of a resource as if it had written itself what it takes from objects of the stack."""
    joined = _joined(reading, stack)
    return joined.claims if joined else reading.claims


def sources_of(reading: Reading, stack: Stack) -> list[Reading]:
    """Return the ConfigMaps and Secrets of the stack that a resource takes variables from."""
    joined = _joined(reading, stack)
    return [stack.readings[urn] for urn in sorted(joined.taken)] if joined else []


def is_taken(claim: Claim, reading: Reading, stack: Stack) -> bool:
    """Return whether a pod of the stack takes what a claim of a ConfigMap or Secret is about, and answers for it."""
    keys = _taken(stack).get(reading.resource.urn, set())
    return bool(keys) and (claim.kind == "default" or None in keys or claim.key in keys)


def written_out(reading: Reading, stack: Stack) -> tuple[Mapping[str, Any], ...]:
    """Return a resource's objects as if they had written themselves what they take; none where they take nothing."""
    joined = _joined(reading, stack)
    return joined.bodies if joined else ()


def kept_in(reading: Reading) -> list[Mapping[str, Any]]:
    """Return the values that the ConfigMaps and Secrets of a resource keep, in the clear."""
    return [kept.values for _, _, kept in _kept_by(reading)]


@once
def _taken(stack: Stack) -> Mapping[str, set[str | None]]:
    """Return the keys that pods take of each ConfigMap and Secret, by its URN."""
    found: dict[str, set[str | None]] = {}
    for joined in each(stack, stack.of_package(PACKAGE), lambda reading: _joined(reading, stack)):
        for urn, keys in joined.taken.items() if joined else ():
            found.setdefault(urn, set()).update(keys)
    return found


@once
def _kept(stack: Stack) -> dict[Place, dict[Any, list[Kept]]]:
    """Return what each ConfigMap and Secret keeps, by place and then by name."""
    found: dict[Place, dict[Any, list[Kept]]] = {}
    for told in each(stack, stack.of_package(PACKAGE), _kept_by):
        for place, name, kept in told:
            found.setdefault(place, {}).setdefault(name, []).append(kept)
    return found


@once
def _known(_stack: Stack) -> dict[str, Joined | None]:
    """Return what was joined so far, by URN; None for a resource that takes nothing."""
    return {}


def _kept_by(reading: Reading) -> list[tuple[Place, Any, Kept]]:
    return [
        (_place(reading, found, found.kind), found.metadata("name"), Kept(reading.resource.urn, values_of(found)))
        for found in objects_of(reading.resource)
        if found.kind in KEPT and not found.custom
    ]


def _place(reading: Reading, found: KubernetesObject, kind: str) -> Place:
    told = found.metadata("namespace")
    if told is None and reading.resource.provider is not None:
        told = reading.resource.provider.props.get("namespace")
    return reading.location.code, DEFAULT_NAMESPACE if told in (None, "") else told, kind


def _joined(reading: Reading, stack: Stack) -> Joined | None:
    if not reading.resource.type.startswith(f"{PACKAGE}:"):
        return None
    known, urn = _known(stack), reading.resource.urn
    if urn not in known:
        objects = surveyed(reading.resource)
        known[urn] = _join(reading, objects, stack) if any(survey.taking for _, survey in objects) else None
    return known[urn]


def _join(reading: Reading, objects: tuple[Surveyed, ...], stack: Stack) -> Joined:
    taken: dict[str, set[str | None]] = {}
    found: list[Claim] = []
    bodies: list[Mapping[str, Any]] = []
    for one, survey in objects:

        def keeping(kind: str, name: Any, key: str | None, one: KubernetesObject = one) -> Iterator[Kept]:
            for kept in _meant(_kept(stack), _place(reading, one, kind), name):
                taken.setdefault(kept.source, set()).add(key)
                yield kept

        written = replace(one, body=with_taken(one, survey, keeping)) if survey.taking else one
        bodies.append(written.body)
        found += of_object(written, survey_of(written) if survey.taking else survey)
    return Joined(tuple(sorted(found, key=lambda claim: (claim.path, claim.block))), taken, tuple(bodies))


def _meant(kept: Mapping[Place, Mapping[Any, list[Kept]]], place: Place, name: Any) -> list[Kept]:
    """Return what a reference may mean: what is not known yet, on either side, may be the other."""
    code, namespace, kind = place
    spaces = [
        here
        for here in kept
        if here[0] == code and here[2] == kind and (UNKNOWN in (namespace, here[1]) or here[1] == namespace)
    ]
    found = []
    for here in spaces:
        named = kept[here]
        told = list(named) if name is UNKNOWN else [name] if name in named else [UNKNOWN]
        found += [one for called in told for one in named.get(called, ())]
    return found
