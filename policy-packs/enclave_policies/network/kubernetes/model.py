"""The Kubernetes model: which pods of a stack's clusters reach which, and what reaches them from outside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from enclave_policies.network.kubernetes.cluster import (
    ANY_NAMESPACE,
    SEGMENT_LABEL,
    SITE_LABEL,
    Undetermined,
    clusters_in,
)
from enclave_policies.network.kubernetes.index import Labelled
from enclave_policies.network.kubernetes.meeting import Crowd
from enclave_policies.network.kubernetes.pods import MOST_IMAGINED, TooManyPodsError, gathered, imagined
from enclave_policies.network.kubernetes.policies import EGRESS, INGRESS
from enclave_policies.network.kubernetes.proxied import asked_in
from enclave_policies.network.kubernetes.selectors import Labels
from enclave_policies.network.kubernetes.ways import Policies
from enclave_policies.network.networks import ANYWHERE, NOWHERE
from enclave_policies.network.path import Hop, Microsegment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enclave_policies.network.kubernetes.cluster import Cluster, Listening
    from enclave_policies.network.kubernetes.pods import Pod
    from enclave_policies.network.kubernetes.proxied import Asked, Unfollowed
    from enclave_policies.network.kubernetes.selectors import Selector
    from enclave_policies.network.kubernetes.standing import Misplaced
    from enclave_policies.network.networks import AddressSet
    from enclave_policies.network.ports import PortSet
    from enclave_policies.resources.resource import Resource
    from enclave_policies.resources.unknown import Unknown


TOO_MANY = (
    "the labels that policies of namespace {} ask for make too many kinds of pods to follow them all "
    "({:,} in a cluster are the limit)"
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a zone's pods are."""

    cluster: int
    pod: Pod


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a zone's pods from outside whatever the policies say; ``because`` names it in words."""

    zone: Microsegment
    ports: PortSet
    because: str


class KubernetesNetwork:
    """What reaches what in the clusters of a stack; each zone is the pods of one namespace with the same labels.

    ``networks``: "SITE/SEGMENT" → addresses of its pods, which blocks of addresses in policies are held against. Where
    a site has some but not for a namespace, its pods may have any of the site's; without any, all addresses.
    """

    def __init__(self, resources: Iterable[Resource], networks: Mapping[str, AddressSet] | None = None) -> None:
        self._networks = dict(networks or {})
        self._of_sites: dict[str, AddressSet] = {}
        self._clusters = clusters_in(resources)
        self._opened = [[one for one in cluster.services if one.opened] for cluster in self._clusters]
        self._policies = [Policies(tuple(cluster.policies), cluster.namespaces) for cluster in self._clusters]
        self._places: dict[Microsegment, _Place] = {}
        for index, cluster in enumerate(self._clusters):
            for pod in self._pods(cluster):
                zone = self._zone(cluster, pod)
                self._places[zone] = _Place(index, replace(pod, called=zone.where))

    @property
    def is_sure_of_crowds(self) -> bool:
        """Pods that the same policies let meet do meet: nothing else stands between."""
        return True

    def zones(self) -> tuple[Microsegment, ...]:
        """Return every zone, those of the namespaces that each cluster has by itself among them."""
        return tuple(self._places)

    def undetermined(self) -> tuple[Undetermined, ...]:
        """Return what the model cannot know; while there is any, no answer is a proof."""
        return tuple(one for cluster in self._clusters for one in cluster.undetermined)

    def asked(self) -> tuple[Asked | Unfollowed, ...]:
        """Return what Ingresses, routes and their like ask proxies of the clusters to pass on."""
        return tuple(one for cluster in self._clusters for one in asked_in(cluster))

    def misplaced(self, gateways: frozenset[str]) -> Iterator[Misplaced]:
        """Yield the workloads that stand where they should not; ``gateways``: segments that people must cross."""
        for cluster in self._clusters:
            yield from cluster.misplaced(gateways)

    def listening(self) -> Iterator[tuple[str, Listening]]:
        """Yield every Service and workload, each with the end that it stands in."""
        for cluster in self._clusters:
            yield from ((cluster.end(one.namespace), one) for one in cluster.listening)

    def pod(self, zone: Microsegment) -> Pod:
        """Return the pods of a zone: their namespace, labels and addresses."""
        return self._places[zone].pod

    def meetings(self) -> Iterator[tuple[list[Microsegment], list[Microsegment]]]:
        """Yield the pods that policies at both ends let meet; of a segment's, a few stand for all (see Crowd)."""
        for index, policies in enumerate(self._policies):
            zones = [zone for zone, place in self._places.items() if place.cluster == index]
            ends = [(zone.site, zone.segment) if zone.segment else None for zone in zones]
            for sources, targets in Crowd(policies, [self.pod(zone) for zone in zones], ends).meetings():
                yield [zones[number] for number in sources], [zones[number] for number in targets]

    def between(self, source: Microsegment, target: Microsegment) -> list[Hop]:
        """Return the connections that policies at both ends permit, one for each pair of rules that lets them through.

        Of a zone with itself: between two of its pods (a pod always reaches itself). Pods of different clusters are
        outside for one another: see from_outside and to_outside.
        """
        here, there = self._places[source], self._places[target]
        if here.cluster != there.cluster:
            return []
        policies = self._policies[here.cluster]
        incoming = list(policies.ways(there.pod, INGRESS, here.pod))
        return [
            Hop(str(source), str(target), ports, (out.because, into.because))
            for out in policies.ways(here.pod, EGRESS, there.pod)
            for into in incoming
            if (ports := out.ports.intersect(into.ports))
        ]

    def blocked(self, source: Microsegment, target: Microsegment) -> tuple[str, ...]:
        """Return why nothing passes between two zones, nothing where something does."""
        here, there = self._places[source], self._places[target]
        if here.cluster != there.cluster:
            return ("they are in different clusters",)
        if self.between(source, target):
            return ()
        reasons = []
        for pod, direction, other in ((here.pod, EGRESS, there.pod), (there.pod, INGRESS, here.pod)):
            policies = self._policies[here.cluster]
            if not list(policies.ways(pod, direction, other)):
                names = ", ".join(str(policy) for policy, _ in policies.binding(pod, direction))
                reasons.append(f"{direction} of {pod} is restricted by {names}: no rule of theirs names {other}")
        return tuple(reasons) or ("what one end lets out and what the other lets in have no port in common",)

    def from_outside(self, addresses: AddressSet, target: Microsegment) -> list[Hop]:
        """Return the connections that addresses outside can make to a zone's pods, by policies and by openings."""
        place = self._places[target]
        ways = self._policies[place.cluster].ways(place.pod, INGRESS, addresses)
        direct = [Hop(str(way.addresses), str(target), way.ports, (way.because,)) for way in ways]
        opened = [
            Hop(str(addresses), str(target), one.ports, (one.because,))
            for one in self._openings(target, place)
            if addresses
        ]
        return direct + opened

    def to_outside(self, source: Microsegment, addresses: AddressSet) -> list[Hop]:
        """Return the connections that a zone's pods can make to addresses outside."""
        place = self._places[source]
        ways = self._policies[place.cluster].ways(place.pod, EGRESS, addresses)
        return [Hop(str(source), str(way.addresses), way.ports, (way.because,)) for way in ways]

    def openings(self) -> tuple[Opening, ...]:
        """Return what opens pods from outside past the policies: node ports, load balancers, external IPs, host ports.

        Nodes may hide the sender's address behind their own, which policies cannot shut out, and
        ``loadBalancerSourceRanges`` bind the balancer's address only, not the node port behind it (Kubernetes
        documentation, Network Policies and Service): neither is relied on.
        """
        return tuple(one for zone, place in self._places.items() for one in self._openings(zone, place))

    def _openings(self, zone: Microsegment, place: _Place) -> Iterator[Opening]:
        if place.pod.host_ports:
            yield Opening(zone, place.pod.host_ports, f"{place.pod} have ports that are open on their nodes (hostPort)")
        for service in self._opened[place.cluster]:
            if ports := service.on(place.pod):
                yield Opening(zone, ports, f"{service} is open from outside ({', '.join(service.opened)})")

    def _pods(self, cluster: Cluster) -> Iterator[Pod]:
        """Yield the pods that workloads make, and those that anybody could make beside them."""
        made = gathered(
            self._placed(cluster, replace(pod, namespace=namespace))
            for pod in cluster.pods
            for namespace in (cluster.namespaces if pod.namespace == ANY_NAMESPACE else [pod.namespace])
        )
        yield from made
        known = {(pod.namespace, pod.labels) for pod in made if not pod.host_network}
        asked = _asked_for(cluster)
        left = MOST_IMAGINED
        for namespace in cluster.namespaces:
            try:
                pods = imagined(namespace, asked.get(namespace, ()), left)
            except TooManyPodsError:
                urn = cluster.asking.get(namespace, next(iter(cluster.asking.values()), ""))
                cluster.undetermined.append(Undetermined(urn, TOO_MANY.format(namespace, MOST_IMAGINED), broken=True))
                continue
            left -= len(pods)
            for pod in pods:
                if (namespace, pod.labels) not in known:
                    yield self._placed(cluster, pod)

    def _placed(self, cluster: Cluster, pod: Pod) -> Pod:
        """Return a pod with the addresses that it may have; those that a state has recorded are kept."""
        if pod.addresses != ANYWHERE:
            return pod
        site = self._site(cluster, pod.namespace)
        own = self._networks.get(f"{site}/{cluster.label(pod.namespace, SEGMENT_LABEL)}")
        told = own or self._of_site(site)
        return replace(pod, addresses=told) if told else pod

    def _of_site(self, site: str) -> AddressSet:
        if site not in self._of_sites:
            mine = (one for name, one in self._networks.items() if name.startswith(f"{site}/"))
            self._of_sites[site] = NOWHERE.union(*mine)
        return self._of_sites[site]

    def _site(self, cluster: Cluster, namespace: str) -> str:
        return cluster.label(namespace, SITE_LABEL) or cluster.site

    def _zone(self, cluster: Cluster, pod: Pod) -> Microsegment:
        """Return the zone of pods; labels that their namespace has too do not tell them apart, as a rule."""
        everywhere = cluster.namespaces[pod.namespace].pairs
        own = Labels(tuple(pair for pair in pod.labels.pairs if pair not in everywhere))
        suffix = ", host network" if pod.host_network else ""
        names = [f"namespace {pod.namespace}{f', pods {one}' if one.pairs else ''}" for one in (own, pod.labels)]
        wheres = (f"{name}{suffix}{extra}" for extra in ("", f", cluster of {cluster.name}") for name in names)
        site, segment = self._site(cluster, pod.namespace), cluster.label(pod.namespace, SEGMENT_LABEL)
        zones = [Microsegment(site, segment, where) for where in wheres]
        return next((zone for zone in zones if zone not in self._places), zones[-1])


def _asked_for(cluster: Cluster) -> Mapping[str, Sequence[Selector]]:
    """Return the selectors of pods that policies and opened Services have for each namespace."""
    names = list(cluster.namespaces)
    labelled = Labelled(cluster.namespaces.values())
    selected: dict[Selector, list[str]] = {}
    found: dict[str | Unknown, list[Selector]] = defaultdict(list)
    for policy in cluster.policies:
        found[policy.namespace].append(policy.pods)
        for peer in (peer for rules in policy.rules.values() for rule in rules for peer in rule.peers or ()):
            if peer.namespaces is None and peer.block is None:
                found[policy.namespace].append(peer.pods)
            elif peer.namespaces is not None:
                if peer.namespaces not in selected:
                    selected[peer.namespaces] = [names[number] for number in labelled.selected(peer.namespaces)]
                for name in selected[peer.namespaces]:
                    found[name].append(peer.pods)
    for service in cluster.services:
        if service.opened:
            found[service.namespace].append(service.pods)
    return {name: selectors for name, selectors in found.items() if isinstance(name, str)}
