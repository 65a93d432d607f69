"""The objects of one cluster that decide what reaches what, gathered from the resources of a stack."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.kubernetes.objects import PREFIX, UNREADABLE, objects_of
from enclave_policies.network.kubernetes.patches import Made, patched
from enclave_policies.network.kubernetes.pods import pods_of
from enclave_policies.network.kubernetes.policies import read_policy
from enclave_policies.network.kubernetes.proxies.kinds import read as read_proxied
from enclave_policies.network.kubernetes.proxies.reading import Object
from enclave_policies.network.kubernetes.proxies.records import Front, Route
from enclave_policies.network.kubernetes.selectors import NAME_LABEL, Labels
from enclave_policies.network.kubernetes.services import read_service
from enclave_policies.network.kubernetes.standing import Home, Workload, impostors, out_of_place, workload_of
from enclave_policies.network.kubernetes.unreadable import why_unreadable
from enclave_policies.resources.unknown import UNKNOWN, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.network.kubernetes.pods import Pod
    from enclave_policies.network.kubernetes.policies import Policy
    from enclave_policies.network.kubernetes.proxies.records import Grant
    from enclave_policies.network.kubernetes.services import Service
    from enclave_policies.network.kubernetes.standing import Misplaced
    from enclave_policies.resources.resource import Provider, Resource

ANY_NAMESPACE: Final = "*"
"""Stands for the namespace of pods whose own is not known: no namespace can be called so."""
EVERYWHERE: Final = ("default", "kube-system")
"""Namespaces with pods that every cluster has, whoever makes its objects."""
OTHERS: Final = ("kube-public", "kube-node-lease", "any-other")
"""Two that every cluster has, and one for all that anybody might make: for policies that say whom they do not mean."""
SITE_LABEL, SEGMENT_LABEL = "enclave/site", "enclave/segment"
OWN_LABELS: Final = frozenset({SITE_LABEL, SEGMENT_LABEL})
"""Labels that this enclave alone gives: a cluster's own namespaces have none unless the stack says so."""
IDENTITY: Final = ("kubeconfig", "context", "cluster")
"""Inputs of a provider that say which cluster it writes to."""


@dataclass(frozen=True, slots=True)
class Undetermined:
    """Something that the model cannot know, so that its answers prove nothing while it stands.

    ``broken``: nobody will ever know it, as what says it cannot be read.
    """

    urn: str
    message: str
    broken: bool = False

    def __str__(self) -> str:
        """Return the message, and which resource it is of."""
        return f"{self.message} (resource {self.urn.rpartition('::')[2]})"


class Listening(NamedTuple):
    """A Service or a workload, and its namespace."""

    urn: str
    namespace: str
    found: KubernetesObject


@dataclass(slots=True)
class Cluster:
    """What one cluster holds; ``namespaces``: name → labels, ``made``: those that the stack itself makes.

    ``labelled``: those and the ones that it patches. ``asking``: namespace → URN of the first policy there.

    ``site``: the one that its namespaces name; where they name none or several, what its provider is called.
    """

    name: str
    site: str = ""
    namespaces: dict[str, Labels] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    labelled: set[str] = field(default_factory=set)
    pods: list[Pod] = field(default_factory=list)
    workloads: list[Workload] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    asking: dict[str | Unknown, str] = field(default_factory=dict)
    services: list[Service] = field(default_factory=list)
    listening: list[Listening] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    fronts: list[Front] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    undetermined: list[Undetermined] = field(default_factory=list)

    def label(self, namespace: str, key: str) -> str | None:
        """Return a label of a namespace, None where it has none or nobody can tell."""
        value = self.namespaces[namespace].value(key)
        return value if isinstance(value, str) else None

    def misplaced(self, gateways: frozenset[str]) -> Iterator[Misplaced]:
        """Yield the workloads that stand where they should not; ``gateways``: segments that people must cross."""
        at_gateways: list[Workload] = []
        for one in self.workloads:
            site, segment = (self.label(one.namespace, key) for key in (SITE_LABEL, SEGMENT_LABEL))
            known = one.namespace in (*EVERYWHERE, *OTHERS) or one.namespace in self.labelled
            wrong = out_of_place(one, Home(site, segment, known), (SITE_LABEL, SEGMENT_LABEL))
            if wrong is not None and (segment or one.namespace not in self.made):  # a Namespace without is refused
                yield wrong
            if segment in gateways:
                at_gateways.append(one)
        yield from impostors(at_gateways, self.services)

    def end(self, namespace: str) -> str:
        """Return the end that pods of a namespace belong to; one without a segment is an end of its own."""
        known = namespace in self.namespaces
        site = (self.label(namespace, SITE_LABEL) if known else None) or self.site
        segment = self.label(namespace, SEGMENT_LABEL) if known else None
        return f"{site}/{segment or f'(namespace {namespace})'}"

    def take(self, found: KubernetesObject, resource: Resource, namespaces: Mapping[str, str]) -> None:
        """Take in one object; one that breaks what reads it is told, and counts as one that is not known."""
        try:
            self.add(found, resource, namespaces)
        except Exception as error:  # noqa: BLE001 (whatever broke: the others are read all the same)
            message = f"{_called(found)} cannot be read ({type(error).__name__})"
            self.undetermined.append(Undetermined(resource.urn, message, broken=True))
            named = {name: value for name in ("name", "namespace") if isinstance(value := found.metadata(name), str)}
            self.add(replace(found, body={**UNREADABLE, "metadata": named}), resource, namespaces)

    def add(self, found: KubernetesObject, resource: Resource, namespaces: Mapping[str, str]) -> None:
        """Take in one object; ``namespaces``: URN → name of each namespace of the stack."""
        unread = why_unreadable(found)
        if unread is not None:
            self._tell(resource, f"{_called(found)} {unread}")
        if found.kind == "Namespace" and not found.custom:
            self._namespace(found, resource)
            return
        namespace = _namespace_of(found, resource, namespaces)
        self._pass_on(read_proxied(Object(found, resource.urn, namespace, _name_of(found, resource))))
        if found.custom:
            return
        if not self._keep(found, resource, namespace):
            return
        if isinstance(namespace, str):
            self.namespaces.setdefault(namespace, Labels((), complete=False))
        else:
            self._tell(resource, f"{_called(found)} has a namespace that is not known")
        if found.patch:
            self._tell(resource, f"{_called(found)} changes an object that is made elsewhere")

    def _keep(self, found: KubernetesObject, resource: Resource, namespace: str | Unknown) -> bool:
        """Keep a policy, a Service or pods; return whether the object is one of these."""
        name = _name_of(found, resource)
        if found.patch and found.kind in ("NetworkPolicy", "Service") and "spec" not in found.body:
            return False  # it changes what the object is called or labelled, and nothing that decides
        if found.kind == "NetworkPolicy":
            policy = read_policy(found, namespace, name)
            self.policies.append(policy)
            self.asking.setdefault(namespace, resource.urn)
            for problem in policy.problems:
                self._tell(resource, f"{policy}: {problem}")
            return True
        if found.kind == "Service":
            self.services.append(read_service(found, namespace, name))
            self._listens(found, resource, namespace)
            return True
        pod = pods_of(found, namespace if isinstance(namespace, str) else ANY_NAMESPACE, resource.outputs)
        if pod is not None:
            self.pods.append(pod)
            self._listens(found, resource, namespace)
            if isinstance(namespace, str) and not found.patch:
                self.workloads.append(workload_of(found, resource.urn, namespace, pod.labels))
        return pod is not None

    def _listens(self, found: KubernetesObject, resource: Resource, namespace: str | Unknown) -> None:
        if isinstance(namespace, str) and not found.patch:
            self.listening.append(Listening(resource.urn, namespace, found))

    def _pass_on(self, said: Route | Front | Grant | None) -> None:
        if isinstance(said, Route):
            self.routes.append(said)
        elif isinstance(said, Front):
            self.fronts.append(said)
        elif said is not None:
            self.grants.append(said)

    def _namespace(self, found: KubernetesObject, resource: Resource) -> None:
        name = found.metadata("name")
        if not isinstance(name, str):
            self._tell(resource, "a Namespace has a name that is not known")
            name = resource.name
        labels = Labels.read(found.metadata("labels"), {NAME_LABEL: name})
        if not labels.complete:
            self._tell(resource, f"Namespace {name} has labels that are not known")
        self.labelled.add(name)
        known = self.namespaces.get(name, Labels())
        if found.patch:
            self.namespaces[name] = Labels(known.merged(labels).pairs, name in self.made and labels.complete)
        else:
            self.made.add(name)
            self.namespaces[name] = Labels(labels.merged(known).pairs, labels.complete)

    def _tell(self, resource: Resource, message: str) -> None:
        self.undetermined.append(Undetermined(resource.urn, message))


def clusters_in(resources: Iterable[Resource]) -> list[Cluster]:
    """Return the clusters of a stack, told apart by what their providers are bound to."""
    mine = [(resource, objects_of(resource)) for resource in resources if resource.type.startswith(PREFIX)]
    namespaces = {
        resource.urn: name
        for resource, objects in mine
        for found in objects
        if found.kind == "Namespace" and not found.path and isinstance(name := found.metadata("name"), str)
    }
    found: dict[str, Cluster] = {}
    identities: dict[int, str] = {}
    made: list[Made] = []
    for resource, objects in mine:
        provider = resource.provider
        identity = identities.get(id(provider))
        if identity is None:
            identity = identities[id(provider)] = _identity(provider)
        found.setdefault(identity, Cluster(_name(provider)))
        for one in objects:
            namespace = _namespace_of(one, resource, namespaces)
            made.append(Made(one, resource, identity, namespace if isinstance(namespace, str) else None))
    for each in patched(made):
        found[each.cluster].take(each.found, each.resource, namespaces)
    for cluster in found.values():
        for name in (*EVERYWHERE, *_named(cluster.policies)):
            cluster.namespaces.setdefault(name, Labels((), complete=False))
        for name in {*EVERYWHERE, *OTHERS} & cluster.namespaces.keys() - cluster.labelled:
            cluster.namespaces[name] = replace(cluster.namespaces[name], lacking=OWN_LABELS)
        for name, labels in cluster.namespaces.items():
            cluster.namespaces[name] = labels.merged(Labels(((NAME_LABEL, name),)))
        sites = {site for name in cluster.namespaces if (site := cluster.label(name, SITE_LABEL)) is not None}
        cluster.site = sites.pop() if len(sites) == 1 else cluster.name
    return list(found.values())


def _named(policies: Iterable[Policy]) -> Iterator[str]:
    """Yield namespaces that policies name: who makes one of them later is let in, or reached."""
    peers = (
        peer for policy in policies for rules in policy.rules.values() for rule in rules for peer in rule.peers or ()
    )
    for peer in peers:
        for one in peer.namespaces.requirements if peer.namespaces is not None else ():
            if one.key == NAME_LABEL and one.operator == "In":
                yield from (value for value in one.values if isinstance(value, str))
            elif one.key == NAME_LABEL and one.operator == "NotIn":
                further = "-".join(map(str, one.values))  # longer than any of them
                yield next(name for name in (*OTHERS, further) if name not in one.values)


def _identity(provider: Provider | None) -> str:
    """Return what tells clusters apart: the provider's connection, or itself while that is not known."""
    if provider is None:
        return ""
    told = [provider.props.get(name) for name in IDENTITY]
    return provider.urn if UNKNOWN in told or not any(told) else json.dumps(told, sort_keys=True, default=str)


def _name_of(found: KubernetesObject, resource: Resource) -> str:
    return str(found.metadata("name") or resource.name)


def _name(provider: Provider | None) -> str:
    return "(default provider)" if provider is None else provider.name


def _namespace_of(found: KubernetesObject, resource: Resource, namespaces: Mapping[str, str]) -> str | Unknown:
    """Return an object's namespace; one that is not known yet is the only one that its metadata come from."""
    told: Any = found.metadata("namespace")
    if told is None:
        told = resource.provider.props.get("namespace") if resource.provider is not None else None
        return "default" if told in (None, "") else told if isinstance(told, str) else UNKNOWN
    if isinstance(told, str):
        return told
    sources = {namespaces[urn] for urn in resource.depends.get("metadata", ()) if urn in namespaces}
    return sources.pop() if len(sources) == 1 else UNKNOWN


def _called(found: KubernetesObject) -> str:
    name = found.metadata("name")
    return f"{found.kind} {name}" if isinstance(name, str) else f"a {found.kind}"
