"""Pods as network policies see them: of workloads' templates, and those that anybody might make."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.kubernetes.podspec import POD_SPECS, pod_spec
from enclave_policies.network.bits import bits_of, numbers_in
from enclave_policies.network.kubernetes.selectors import UNLABELLED, Labels
from enclave_policies.network.networks import ANYWHERE, NOWHERE, AddressSet
from enclave_policies.network.ports import HIGHEST, NOTHING, PortSet
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.network.kubernetes.selectors import Selector

CONTAINERS: Final = ("containers", "initContainers", "ephemeralContainers")
OTHER_NETWORKS: Final = ("k8s.v1.cni.cncf.io/networks", "v1.multus-cni.io/default-network")
"""Annotations by which a pod joins further networks (Kubernetes Network Plumbing Group), which no policy binds."""


MOST_IMAGINED: Final = 20_000
"""Kinds of pods of one cluster that nobody has made yet: what is worked out in about a second."""


@dataclass(frozen=True, slots=True)
class Pod:
    """Pods of one namespace with the same labels; ``names``: what they call their ports, None where anything.

    ``host_ports``: ports of theirs that are open on every node. ``addresses``: where such pods may stand.
    """

    namespace: str
    labels: Labels = UNLABELLED
    names: tuple[tuple[str, PortSet], ...] | None = None
    host_network: bool = False
    host_ports: PortSet = NOTHING
    addresses: AddressSet = ANYWHERE
    called: str = ""

    def named(self, name: str, protocol: str) -> PortSet:
        """Return the ports that they call by a name, those of one protocol."""
        whole = PortSet.of(protocol)
        return whole if self.names is None else dict(self.names).get(name, NOTHING).intersect(whole)

    def __str__(self) -> str:
        """Return what they are called in messages."""
        return self.called or f"namespace {self.namespace}, pods {self.labels}"


def pods_of(found: KubernetesObject, namespace: str, outputs: Mapping[str, Any]) -> Pod | None:
    """Return the pods that an object makes, None where it makes none; what is not known counts as open."""
    spec = pod_spec(found)
    if spec is None:
        return None
    metadata = _below(found.body, (*POD_SPECS[found.kind][:-1], "metadata"))
    labels = Labels.read(UNKNOWN if metadata is UNKNOWN else metadata.get("labels"))
    addresses = _addresses(outputs) if found.kind == "Pod" and not found.path else NOWHERE
    if spec is UNKNOWN:
        return Pod(namespace, labels, None, True, NOTHING, addresses or ANYWHERE)
    ports = _ports(spec)
    host = spec.get("hostNetwork")
    return Pod(
        namespace,
        labels,
        _names(ports),
        host is not None and host is not False,
        _union(container_port(port) for port in ports if port is UNKNOWN or port.get("hostPort")),
        addresses or ANYWHERE,
    )


def joins_networks(found: KubernetesObject) -> bool:
    """Return whether an object's pods join networks that are none of the cluster's."""
    if found.kind not in POD_SPECS or found.custom:
        return False
    metadata = _below(found.body, (*POD_SPECS[found.kind][:-1], "metadata"))
    annotations = mapping(None if metadata is UNKNOWN else metadata.get("annotations"))
    return annotations is not UNKNOWN and any(annotations.get(name) for name in OTHER_NETWORKS)


def container_port(port: Any) -> PortSet:
    """Return the port that a container's entry names; every port where it is not known."""
    if port is UNKNOWN:
        return PortSet.of("tcp").union(PortSet.of("udp")).union(PortSet.of("sctp"))
    protocol = port.get("protocol") or "TCP"
    number = whole_number(port.get("containerPort"))
    if not isinstance(protocol, str):
        return container_port(UNKNOWN)
    return PortSet.of(protocol.lower()) if number is None else PortSet.of(protocol.lower(), (number, number))


def whole_number(value: Any) -> int | None:
    """Return a port's number, None for what is none; numbers of the engine's are floating."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= HIGHEST:
        return None
    return int(value) if value == int(value) else None


def gathered(pods: Iterable[Pod]) -> list[Pod]:
    """Return the pods with those of one namespace, labels and kind of network as one."""
    found: dict[tuple[str, Labels, bool], Pod] = {}
    for pod in pods:
        key = (pod.namespace, pod.labels, pod.host_network)
        known = found.get(key)
        found[key] = pod if known is None else _together(known, pod)
    return list(found.values())


class TooManyPodsError(Exception):
    """The selectors of one namespace ask for pods in more combinations than are worked out."""


def imagined(namespace: str, selectors: Iterable[Selector], most: int = MOST_IMAGINED) -> list[Pod]:
    """Return the pods that anybody could make: without labels, and with those that one or two selectors ask for.

    Two are enough for one connection: at each of its ends one selector lets in or out, and one names the other end.
    Raises TooManyPodsError where that makes more than ``most``.
    """
    examples = list(dict.fromkeys(labels for selector in dict.fromkeys(selectors) for labels in selector.examples()))
    agreeing = list(islice(_agreeing(examples), max(0, most - len(examples)) + 1))
    if len(examples) + len(agreeing) > most:
        raise TooManyPodsError
    pairs = [examples[one].merged(examples[other]) for one, other in agreeing]
    return [Pod(namespace, labels) for labels in dict.fromkeys([UNLABELLED, *examples, *pairs])]


def _agreeing(examples: Sequence[Labels]) -> Iterator[tuple[int, int]]:
    """Yield the numbers of every two of them that no label keeps apart, without asking each two."""
    having: dict[str, dict[Any, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, labels in enumerate(examples):
        for key, value in labels.pairs:
            having[key][value].append(number)
    sets = {key: {value: bits_of(numbers) for value, numbers in values.items()} for key, values in having.items()}
    labelled = {key: bits_of(chain.from_iterable(values.values())) for key, values in having.items()}
    for number, labels in enumerate(examples):
        after = (1 << len(examples)) - (2 << number)
        for key, value in labels.pairs:
            after &= ~labelled[key] | sets[key][value]
        yield from ((number, other) for other in numbers_in(after))


def _together(one: Pod, other: Pod) -> Pod:
    names: tuple[tuple[str, PortSet], ...] | None = None
    if one.names is not None and other.names is not None:
        mine, theirs = dict(one.names), dict(other.names)
        names = tuple(
            sorted((name, _union((mine.get(name, NOTHING), theirs.get(name, NOTHING)))) for name in mine | theirs)
        )
    return replace(
        one,
        names=names,
        host_ports=one.host_ports.union(other.host_ports),
        addresses=one.addresses.union(other.addresses),
    )


def _ports(spec: Mapping[str, Any]) -> list[Any]:
    """Return the ports that a pod's containers name; UNKNOWN for each that cannot be read."""
    containers = [one for name in CONTAINERS for one in entries(spec.get(name))]
    found = [port for one in containers for port in (entries(one.get("ports")) if isinstance(one, dict) else [UNKNOWN])]
    return [port if isinstance(port, dict) else UNKNOWN for port in found]


def _names(ports: list[Any]) -> tuple[tuple[str, PortSet], ...] | None:
    found: dict[str, PortSet] = {}
    for port in ports:
        name = None if port is UNKNOWN else port.get("name", "")
        if not isinstance(name, str):
            return None
        found[name] = found.get(name, NOTHING).union(container_port(port))
    return tuple(sorted((name, known) for name, known in found.items() if name))


def _union(sets: Iterable[PortSet]) -> PortSet:
    whole = NOTHING
    for one in sets:
        whole = whole.union(one)
    return whole


def _addresses(outputs: Mapping[str, Any]) -> AddressSet:
    status = mapping(outputs.get("status"))
    told = [] if status is UNKNOWN else [status.get("podIP"), *(_below(ip, ("ip",)) for ip in _ips(status))]
    try:
        return AddressSet.of(*(address for address in told if isinstance(address, str)))
    except ValueError:
        return NOWHERE


def _ips(status: Mapping[str, Any]) -> list[Any]:
    return [ip for ip in entries(status.get("podIPs")) if isinstance(ip, dict)]


def _below(body: Any, way: tuple[str, ...]) -> Any:
    """Return what stands at a place: an empty mapping where nothing does, UNKNOWN where that is not known."""
    value = body
    for name in way:
        value = value.get(name) if isinstance(value, dict) else value
        if value is None:
            return {}
    return value if isinstance(value, dict | str) else UNKNOWN
