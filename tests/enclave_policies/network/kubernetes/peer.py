"""What cyclonus (github.com/mattfenwick/cyclonus) says of its own test cases, and what our model says of them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from enclave_policies.network.kubernetes import KubernetesNetwork
from enclave_policies.network.kubernetes.cluster import clusters_in
from enclave_policies.network.kubernetes.policies import EGRESS, INGRESS
from enclave_policies.network.kubernetes.ways import Policies
from enclave_policies.network.networks import AddressSet
from enclave_policies.network.ports import NOTHING

from sandbox.toolchain.cache import Cache, default_root
from sandbox.toolchain.key import key
from sandbox.toolchain.progress import Progress
from sandbox.toolchain.provide import build_missing
from sandbox.toolchain.table import CYCLONUS_TOOL
from tests.enclave_policies.network.kubernetes.objects import namespace, pod, resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from enclave_policies.network.kubernetes.ways import Way
    from enclave_policies.network.path import Hop
    from enclave_policies.network.ports import PortSet
    from enclave_policies.resources.resource import Resource

PARTS = ("ingress", "egress", "both")
ALLOWED = {"allowed": True, "blocked": False}


@dataclass(frozen=True)
class Difference:
    """One answer of ours that is not cyclonus'; ``part`` is ingress, egress or both."""

    case: str
    step: int
    sender: str
    receiver: str
    port: str
    part: str
    theirs: str


def installed() -> Path:
    """Return the program that asks cyclonus; builds it where the cache lacks it."""
    cache = Cache(default_root())
    with Progress() as progress:
        build_missing((CYCLONUS_TOOL,), cache, progress)
    return cache.entry(CYCLONUS_TOOL.name, key(CYCLONUS_TOOL)) / "cyclonus"


def cases(program: Path) -> list[dict[str, Any]]:
    """Return cyclonus' cases, those of IPv4 and those of IPv6, each with its answers after each step."""
    run = subprocess.run([program], capture_output=True, text=True, check=True, timeout=300)
    found: list[dict[str, Any]] = json.loads(run.stdout)
    return found


def resources(step: dict[str, Any]) -> list[Resource]:
    """Return a step's cluster as resources of a stack."""
    return [
        *(namespace(name, labels) for name, labels in step["namespaces"].items()),
        *(
            pod(
                each["namespace"],
                each["name"],
                each["labels"],
                each["address"],
                containers=[
                    {"name": f"c{number}", "ports": [{**port, "containerPort": port["port"]}]}
                    for number, port in enumerate(each["ports"])
                ],
            )
            for each in step["pods"]
        ),
        *(resource("NetworkPolicy", f"p{number}", each) for number, each in enumerate(step["policies"])),
    ]


def differences(case: dict[str, Any]) -> Iterator[Difference]:
    """Yield where our model does not say what cyclonus says of a case: for each pair of pods, port and direction."""
    for number, step in enumerate(case["steps"]):
        ours = Ours(resources(step))
        where = {f"{each['namespace']}/{each['name']}": AddressSet.of(each["address"]) for each in step["pods"]}
        for sender, receivers in step["answers"].items():
            for receiver, ports in receivers.items():
                says = ours.between(where[sender], where[receiver])
                for port, theirs in ports.items():
                    protocol, _, wanted = port.partition("/")
                    for part, mine, answer in zip(PARTS, says, theirs, strict=True):
                        if mine.has(protocol.lower(), int(wanted)) is not ALLOWED[answer]:
                            yield Difference(case["description"], number, sender, receiver, port, part, answer)


class Ours:
    """What our model says of one cluster, whose pods are told apart by their addresses."""

    def __init__(self, found: list[Resource]) -> None:
        (cluster,) = clusters_in(found)
        self.policies = Policies(tuple(cluster.policies), cluster.namespaces)
        self.model = KubernetesNetwork(found)
        assert not self.model.undetermined()
        self.zones = {self.model.pod(zone).addresses: zone for zone in self.model.zones()}

    def between(self, sender: AddressSet, receiver: AddressSet) -> tuple[PortSet, PortSet, PortSet]:
        """Return what the receiver lets in, what the sender lets out, and what passes."""
        source, target = self.zones[sender], self.zones[receiver]
        here, there = self.model.pod(source), self.model.pod(target)
        return (
            together(self.policies.ways(there, INGRESS, here)),
            together(self.policies.ways(here, EGRESS, there)),
            together(self.model.between(source, target)),
        )


def together(found: Iterable[Way | Hop]) -> PortSet:
    """Return the ports of several ways as one set."""
    ports = NOTHING
    for one in found:
        ports = ports.union(one.ports)
    return ports
