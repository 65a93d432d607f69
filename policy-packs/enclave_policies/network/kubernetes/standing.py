"""Workloads whose pods stand where no segment is, or in another than they say, or answer in a gateway's place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from enclave_policies.kubernetes.objects import entries
from enclave_policies.kubernetes.podspec import path_of_pods, pod_spec
from enclave_policies.network.kubernetes.index import Labelled
from enclave_policies.network.kubernetes.selectors import Labels

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.network.kubernetes.services import Service

CONTAINERS = ("containers", "initContainers", "ephemeralContainers")


@dataclass(frozen=True, slots=True)
class Workload:
    """An object that makes pods: ``said`` are its own labels under those of its pods, ``labels`` those of the pods.

    ``path`` leads to the object, ``pods`` to the template of its pods (see KubernetesObject).
    """

    urn: str
    path: str
    pods: str
    called: str
    namespace: str
    said: Labels
    labels: Labels
    images: frozenset[str]


@dataclass(frozen=True, slots=True)
class Home:
    """The namespace of a workload: its site and segment, None where it has none; ``known``: whether its labels are."""

    site: str | None
    segment: str | None
    known: bool


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A workload, what is wrong with where it stands, and the input that says so; ``open``: nobody can tell."""

    urn: str
    problem: str
    path: str
    open: bool = False


def workload_of(found: KubernetesObject, urn: str, namespace: str, labels: Labels) -> Workload:
    """Return the workload that an object with pods is."""
    spec = pod_spec(found)
    called = f"{found.kind} {found.metadata('name') or ''}".rstrip()
    own = Labels.read(found.metadata("labels")).merged(labels)
    return Workload(
        urn,
        found.path,
        path_of_pods(found).removesuffix("spec"),
        called,
        namespace,
        own,
        labels,
        images(spec) if isinstance(spec, dict) else frozenset(),
    )


def out_of_place(one: Workload, home: Home, labels: tuple[str, str]) -> Misplaced | None:
    """Return what is wrong with a workload's namespace; ``labels``: keys of the labels of a site and a segment."""
    if home.segment is None:
        where, path = f"makes pods in the namespace {one.namespace}", f"{one.path}metadata.namespace"
        if home.known:
            return Misplaced(one.urn, f"{where}, which belongs to no segment", path)
        problem = f"{where}, which this stack does not make: nobody can tell its segment"
        return Misplaced(one.urn, problem, path, open=True)
    for key, own in zip(labels, (home.site, home.segment), strict=True):
        said = one.said.value(key)
        if isinstance(said, str) and own is not None and said != own:
            place = f"the namespace {one.namespace} of {home.site}/{home.segment}"
            above = one.path if one.labels.value(key) is None else one.pods
            return Misplaced(one.urn, f"says {key} {said} and stands in {place}", f"{above}metadata.labels.{key}")
    return None


def impostors(workloads: Sequence[Workload], services: Collection[Service]) -> Iterator[Misplaced]:
    """Yield workloads of gateways that answer for one Service with different images: of these, one is no gateway."""
    labelled = Labelled(one.labels for one in workloads)
    for service in services if workloads else ():
        if not service.pods.requirements:
            continue
        found = (workloads[number] for number in sorted(labelled.selected(service.pods)))
        behind = [one for one in found if one.namespace == service.namespace]
        if len({one.images for one in behind}) > 1:
            for one in behind:
                others = ", ".join(sorted(other.called for other in behind if other.images != one.images))
                problem = f"answers for {service} of the gateway beside {others}, with other images"
                yield Misplaced(one.urn, problem, f"{one.pods}spec.containers.image")


def images(spec: dict[str, Any]) -> frozenset[str]:
    """Return the images of pods, ``?`` for one that is not known."""
    containers = (one for name in CONTAINERS for one in entries(spec.get(name)))
    return frozenset(str(one.get("image")) if isinstance(one, dict) else "?" for one in containers)
