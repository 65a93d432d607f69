"""The ways that routes ask proxies of a cluster for: from where a proxy stands to the pods of a Service."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.network.kubernetes.proxies.controllers import labels_of
from enclave_policies.network.kubernetes.proxies.hosts import service_of
from enclave_policies.network.kubernetes.proxies.reading import EVERY_NAME
from enclave_policies.network.kubernetes.proxies.records import Gap
from enclave_policies.network.kubernetes.services import target_ports
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.kubernetes.cluster import Cluster
    from enclave_policies.network.kubernetes.pods import Pod
    from enclave_policies.network.kubernetes.proxies.records import Backend, Front, Parent, Route
    from enclave_policies.network.kubernetes.services import Service
    from enclave_policies.network.ports import PortSet

    _End = tuple[str | None, PortSet | None, str]

FARTHEST: Final = 4
"""Aliases behind aliases that are followed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A way that a route asks for: to ``target`` (an end) on ``ports``, which are None where nobody can tell them.

    ``sources`` are the ends that its proxies stand in, None where the stack does not show them; ``by`` says what asks,
    ``path`` which input does.
    """

    urn: str
    sources: tuple[str, ...] | None
    target: str
    ports: PortSet | None
    by: str
    path: str


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """Something that a route asks for and that is no way between segments."""

    urn: str
    gap: Gap


def asked_in(cluster: Cluster) -> Iterator[Asked | Unfollowed]:
    """Yield what the routes of a cluster ask for; sidecars of those who ask are bound by the pods' own policies."""
    if not cluster.routes:
        return
    asking = _Asking(cluster)
    for route in (route for route in cluster.routes if not route.inside):
        try:
            yield from tuple(asking.of(route))
        except Exception as error:  # noqa: BLE001 (whatever broke: the other routes are followed all the same)
            yield Unfollowed(route.urn, Gap(f"cannot be followed ({type(error).__name__})", ""))


class _Asking:
    """A cluster's Services, pods and Gateways by what they are looked up by."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._services: dict[tuple[Any, str], list[Service]] = defaultdict(list)
        self._pods: dict[str, list[Pod]] = defaultdict(list)
        self._labelled: dict[tuple[str, Any], dict[str, None]] = defaultdict(dict)
        self._fronts: dict[tuple[Any, str], list[Front]] = defaultdict(list)
        self._standing: dict[Parent, tuple[str, ...]] = {}
        for service in cluster.services:
            self._services[service.namespace, service.name].append(service)
        for pod in cluster.pods:
            self._pods[pod.namespace].append(pod)
            for pair in pod.labels.pairs:
                self._labelled[pair][cluster.end(pod.namespace)] = None
        for front in cluster.fronts:
            self._fronts[front.namespace, front.name].append(front)

    def of(self, route: Route) -> Iterator[Asked | Unfollowed]:
        """Yield what one route asks for."""
        yield from (Unfollowed(route.urn, gap) for gap in route.gaps)
        if self._takes_every_name(route):
            problem = "makes a proxy answer to every name, not to hosts of the enclave's"
            yield Unfollowed(route.urn, Gap(problem, route.named_by, known=True))
        sources = tuple(dict.fromkeys(end for parent in route.parents for end in self._sources(parent))) or None
        for backend in route.backends:
            yield from self._to(route, backend, sources)

    def _to(self, route: Route, backend: Backend, sources: tuple[str, ...] | None) -> Iterator[Asked | Unfollowed]:
        if not isinstance(backend.namespace, str) or not isinstance(backend.service, str):
            problem = f"passes on to a Service that is not known yet ({backend.path})"
            yield Unfollowed(route.urn, Gap(problem, backend.path))
            return
        if route.granting and backend.namespace != route.namespace and not self._is_granted(route, backend):
            called = f"{backend.namespace}/{backend.service}"
            problem = f"passes on to {called}, which no ReferenceGrant of that namespace lets it ({backend.path})"
            yield Unfollowed(route.urn, Gap(problem, backend.path, known=True))
            return
        for end, ports, words in self._ends(backend.namespace, backend.service, backend.port, FARTHEST):
            if end is None:
                problem = f"passes on out of the cluster ({backend.path}: {words})"
                yield Unfollowed(route.urn, Gap(problem, backend.path, known=True))
            else:
                yield Asked(route.urn, sources, end, ports, f"{route}, {backend.path}: {words}", backend.path)

    def _ends(self, namespace: str, name: str, port: int | str | None, farther: int) -> Iterator[_End]:
        """Yield (end, ports, words) of each Service of a name; end None: its alias leads out of the cluster."""
        words = f"Service {namespace}/{name}"
        found = [*self._services.get((namespace, name), ()), *self._services.get((UNKNOWN, name), ())]
        if not found:
            yield self._cluster.end(namespace), None, f"{words}, which is not of this stack"
        for service in found:
            if service.alias is None:
                yield self._cluster.end(namespace), self._ports(service, port), words
                continue
            behind = service_of(service.alias, None) if isinstance(service.alias, str) else None
            if behind is None or not farther:
                yield None, None, f"{words}, an alias that ends in no Service"
            else:
                for end, ports, told in self._ends(*behind, port, farther - 1):
                    yield end, ports, f"{words}, an alias of {told}"

    def _ports(self, service: Service, port: int | str | None) -> PortSet | None:
        """Return the ports of pods that a Service's port means, None where nobody can tell."""
        pods = self._pods.get(service.namespace, []) if isinstance(service.namespace, str) else []
        chosen = [pod for pod in pods if service.pods.matches(pod.labels) is not False]
        found: PortSet | None = None
        for entry in service.ports:
            if port is not None and isinstance(entry, dict) and port not in (entry.get("port"), entry.get("name")):
                continue
            ports = target_ports(entry, chosen)
            if ports is None:
                return None
            found = ports if found is None else found.union(ports)
        return found

    def _sources(self, parent: Parent) -> tuple[str, ...]:
        """Return where the proxies of a Gateway or a class stand, none where the stack does not show any."""
        if parent not in self._standing:
            found: dict[str, None] = {}
            fronts = self._fronts.get((parent.namespace, str(parent.name)), [])
            for front in fronts:
                if front.pods is not None and front.pods.requirements:
                    pods = (pod for pods in self._pods.values() for pod in pods)
                    found |= {
                        self._cluster.end(pod.namespace): None for pod in pods if front.pods.matches(pod.labels) is True
                    }
            classes = [front.kind for front in fronts] if parent.namespace is not None else [parent.name]
            for label in (one for name in classes if isinstance(name, str) for one in labels_of(name)):
                found |= self._labelled.get(label, {})
            self._standing[parent] = tuple(found)
        return self._standing[parent]

    def _takes_every_name(self, route: Route) -> bool:
        if route.nameless or not route.backends or (route.names and EVERY_NAME not in route.names):
            return False
        fronts = [front for one in route.parents for front in self._fronts.get((one.namespace, str(one.name)), ())]
        every_parent_is_here = bool(route.parents) and len(fronts) >= len(route.parents)
        return not every_parent_is_here or any(front.open for front in fronts)

    def _is_granted(self, route: Route, backend: Backend) -> bool:
        return any(
            grant.namespace == backend.namespace
            and (route.kind, route.namespace) in grant.sources
            and (grant.services is None or backend.service in grant.services)
            for grant in self._cluster.grants
        )
