"""The ways that routes ask proxies of a cluster for: from where a proxy stands to the pods of a Service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.network.kubernetes.proxies.controllers import labels_of
from enclave_policies.network.kubernetes.proxies.hosts import service_of
from enclave_policies.network.kubernetes.proxies.reading import EVERY_NAME
from enclave_policies.network.kubernetes.proxies.records import Backend, Gap
from enclave_policies.network.kubernetes.services import target_ports
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.kubernetes.cluster import Cluster
    from enclave_policies.network.kubernetes.proxies.records import Front, Route
    from enclave_policies.network.kubernetes.services import Service
    from enclave_policies.network.ports import PortSet

FARTHEST: Final = 4
"""Aliases behind aliases that are followed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A way that a route asks for: to ``target`` (an end) on ``ports``, which are None where nobody can tell them.

    ``sources`` are the ends that its proxies stand in, None where the stack does not show them; ``by`` says what asks.
    """

    urn: str
    sources: tuple[str, ...] | None
    target: str
    ports: PortSet | None
    by: str


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """Something that a route asks for and that is no way between segments."""

    urn: str
    gap: Gap


def asked_in(cluster: Cluster) -> Iterator[Asked | Unfollowed]:
    """Yield what the routes of a cluster ask for; sidecars of those who ask are bound by the pods' own policies."""
    for route in cluster.routes:
        if route.inside:
            continue
        yield from (Unfollowed(route.urn, gap) for gap in route.gaps)
        if _takes_every_name(cluster, route):
            problem = "makes a proxy answer to every name, not to hosts of the enclave's"
            yield Unfollowed(route.urn, Gap(problem, known=True))
        sources = _sources(cluster, route)
        for backend in route.backends:
            yield from _to(cluster, route, backend, sources)


def _to(cluster: Cluster, route: Route, backend: Backend, sources: tuple[str, ...] | None) -> Iterator[Any]:
    if not isinstance(backend.namespace, str) or not isinstance(backend.service, str):
        problem = f"passes on to a Service that is not known yet ({backend.path})"
        yield Unfollowed(route.urn, Gap(problem))
        return
    if route.granting and backend.namespace != route.namespace and not _is_granted(cluster, route, backend):
        called = f"{backend.namespace}/{backend.service}"
        problem = f"passes on to {called}, which no ReferenceGrant of that namespace lets it ({backend.path})"
        yield Unfollowed(route.urn, Gap(problem, known=True))
        return
    for end, ports, words in _ends(cluster, backend.namespace, backend.service, backend.port, FARTHEST):
        if end is None:
            yield Unfollowed(route.urn, Gap(f"passes on out of the cluster ({backend.path}: {words})", known=True))
        else:
            yield Asked(route.urn, sources, end, ports, f"{route}, {backend.path}: {words}")


def _ends(
    cluster: Cluster, namespace: str, name: str, port: int | str | None, farther: int
) -> Iterator[tuple[str | None, PortSet | None, str]]:
    """Yield (end, ports, words) of each Service of a name; end None: its alias leads out of the cluster."""
    words = f"Service {namespace}/{name}"
    found = [one for one in cluster.services if one.namespace in (namespace, UNKNOWN) and one.name == name]
    if not found:
        yield cluster.end(namespace), None, f"{words}, which is not of this stack"
    for service in found:
        if service.alias is None:
            yield cluster.end(namespace), _ports(cluster, service, port), words
            continue
        behind = service_of(service.alias, None) if isinstance(service.alias, str) else None
        if behind is None or not farther:
            yield None, None, f"{words}, an alias that ends in no Service"
        else:
            yield from (
                (end, ports, f"{words}, an alias of {told}")
                for end, ports, told in _ends(cluster, *behind, port, farther - 1)
            )


def _ports(cluster: Cluster, service: Service, port: int | str | None) -> PortSet | None:
    """Return the ports of pods that a Service's port means, None where nobody can tell."""
    pods = [pod for pod in cluster.pods if pod.namespace == service.namespace]
    found: PortSet | None = None
    for entry in service.ports:
        if port is not None and isinstance(entry, dict) and port not in (entry.get("port"), entry.get("name")):
            continue
        ports = target_ports(entry, [pod for pod in pods if service.pods.matches(pod.labels) is not False])
        if ports is None:
            return None
        found = ports if found is None else found.union(ports)
    return found


def _sources(cluster: Cluster, route: Route) -> tuple[str, ...] | None:
    """Return where the proxies of a route stand, None where the stack does not show any."""
    found: dict[str, None] = {}
    for parent in route.parents:
        fronts = [front for front in cluster.fronts if _is(front, parent.namespace, parent.name)]
        for front in fronts:
            if front.pods is not None:
                found |= {
                    cluster.end(pod.namespace): None
                    for pod in cluster.pods
                    if front.pods.requirements and front.pods.matches(pod.labels) is True
                }
        classes = [front.kind for front in fronts] if parent.namespace is not None else [parent.name]
        for labels in (one for name in classes if isinstance(name, str) for one in labels_of(name)):
            found |= {cluster.end(pod.namespace): None for pod in cluster.pods if labels <= frozenset(pod.labels.pairs)}
    return tuple(found) or None


def _is(front: Front, namespace: Any, name: Any) -> bool:
    return (front.namespace, front.name) == (namespace, name)


def _takes_every_name(cluster: Cluster, route: Route) -> bool:
    if route.nameless:
        return False
    if route.names and EVERY_NAME not in route.names:
        return False
    fronts = [
        front for parent in route.parents for front in cluster.fronts if _is(front, parent.namespace, parent.name)
    ]
    every_parent_is_here = bool(route.parents) and len(fronts) >= len(route.parents)
    return not every_parent_is_here or any(front.open for front in fronts)


def _is_granted(cluster: Cluster, route: Route, backend: Backend) -> bool:
    return any(
        grant.namespace == backend.namespace
        and (route.kind, route.namespace) in grant.sources
        and (grant.services is None or backend.service in grant.services)
        for grant in cluster.grants
    )
