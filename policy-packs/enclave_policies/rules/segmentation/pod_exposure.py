"""SEG-008: no pod and no service goes round the network policies of its segment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.shown import shown_key
from enclave_policies.kubernetes.objects import entries, mapping, objects_of
from enclave_policies.kubernetes.podspec import path_of_pods, pod_spec
from enclave_policies.network.kubernetes.balancers import BALANCER, loose
from enclave_policies.network.kubernetes.pods import OTHER_NETWORKS
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.reading.finding import Finding, Verdict
    from enclave_policies.reading.reading import Reading

CONTAINERS: Final = ("containers", "initContainers", "ephemeralContainers")
INSIDE: Final = frozenset({None, "", "ClusterIP", "ExternalName"})
"""Types of services that open no node and no balancer; where an ExternalName leads, SEG-006 and JUR-021 judge."""
PUBLISHING: Final = (
    *("tailscale.com/expose", "tailscale.com/funnel", "service.cilium.io/global", "io.cilium/global-service"),
    *("external-dns.alpha.kubernetes.io/hostname", "consul.hashicorp.com/service-sync"),
)
"""Annotations of a Service by which an operator opens it to other networks or clusters, or tells others of it."""
OFF: Final = (None, False, 0, "", "false", "False")
SERVICE_TYPE: Final = re.compile(r"(?i).*type")
OPENING: Final = re.compile(r"(?i)node_?port|load_?balancer")
BALANCERS: Final = (
    *(f"enable{whose}LoadBalancer" for whose in ("Master", "Replica", "MasterPooler", "ReplicaPooler")),
    *(f"enable_{whose}_load_balancer" for whose in ("master", "replica", "master_pooler", "replica_pooler")),
    *("useLoadBalancer", "exposeServices"),
)
"""Switches by which operators make balancers (postgres-operator.readthedocs.io; min.io/docs, Tenant CRD)."""
FREE: Final = {
    "hostNetwork": "puts pods into the node's own network, which no network policy binds",
    "hostPort": "opens a port of the node (hostPort)",
    "hostPID": "takes pods among the node's own processes, whose network they can enter",
    "privileged": "makes pods masters of their node, and no network policy binds the network of a node",
    "multus": "joins further networks, which no network policy binds",
    **dict.fromkeys(BALANCERS, "is served by a balancer, which opens a port of every node"),
    **dict.fromkeys(OTHER_NETWORKS, "joins further networks, which no network policy binds"),
}
"""Keys of a custom resource that an operator hands on to its pods, and what they do."""


def check(reading: Reading) -> Iterator[Finding]:
    """Look for the node's own network, ports of nodes, balancers and external addresses."""
    if not reading.resource.type.startswith("kubernetes:"):
        return
    for found in objects_of(reading.resource):
        if found.custom:
            for words, path in {words: path for path, words in _freed(found.body, found.path)}.items():
                yield rule.finding(reading, f"{words}, by what its operator makes of it", at=path)
        elif found.kind == "Service":
            yield from _service(reading, found)
        elif (spec := pod_spec(found)) is UNKNOWN:
            path = path_of_pods(found)
            yield rule.finding(reading, "makes pods that are not known yet", verdict="undetermined", at=path)
        elif spec is not None:
            yield from _pod(reading, path_of_pods(found), spec)


def _freed(value: Any, above: str) -> Iterator[tuple[str, str]]:
    """Yield where and what the pods and services do that an operator makes of a custom resource.

    Their shapes have no end; ``above`` leads to the value, and ends with a dot.
    """
    for item in value if isinstance(value, list) else ():
        yield from _freed(item, above)
    for key, item in value.items() if isinstance(value, dict) else ():
        path = f"{above}{shown_key(str(key))}"
        if key in FREE and _is_on(item):
            yield path, FREE[key]
        elif isinstance(item, str) and SERVICE_TYPE.fullmatch(key) and OPENING.fullmatch(item):
            yield path, f"is served by a service of the type {item}, which opens a port of every node"
        yield from _freed(item, f"{path}.")


def _is_on(value: Any) -> bool:
    return any(map(_is_on, value.values())) if isinstance(value, dict) and value else value not in OFF


def _pod(reading: Reading, path: str, spec: Any) -> Iterator[Finding]:
    for name in ("hostNetwork", "hostPID"):
        if spec.get(name) not in (None, False):
            yield rule.finding(reading, FREE[name], at=f"{path}.{name}")
    for name in CONTAINERS:
        for container in map(mapping, entries(spec.get(name))):
            context = mapping(container.get("securityContext")) if container is not UNKNOWN else {}
            if context is UNKNOWN or context.get("privileged") not in (None, False):
                yield rule.finding(reading, FREE["privileged"], at=f"{path}.{name}.securityContext.privileged")
            ports = entries(container.get("ports")) if container is not UNKNOWN else [UNKNOWN]
            for port in map(mapping, ports):
                if port is UNKNOWN or port.get("hostPort") not in (None, 0):
                    where = f"{name}.ports.hostPort"
                    yield rule.finding(reading, f"opens a port of the node ({where})", at=f"{path}.{where}")
                    break


def _service(reading: Reading, found: KubernetesObject) -> Iterator[Finding]:
    annotations = mapping(found.metadata("annotations"))
    for name in PUBLISHING if annotations is not UNKNOWN else ():
        if annotations.get(name) not in OFF:
            problem = f"is opened to other networks by an operator (annotation {name})"
            yield rule.finding(reading, problem, at=f"{found.path}metadata.annotations.{name}")
    spec, path = found.spec, f"{found.path}spec.type"
    if found.patch and "spec" not in found.body:
        return
    if spec is UNKNOWN or spec.get("type") is UNKNOWN:
        yield rule.finding(reading, "is a service of a type that is not known yet", verdict="undetermined", at=path)
        return
    if spec.get("type") == BALANCER:
        for one in loose(spec):
            verdict: Verdict = "undetermined" if one.open else "fail"
            words = f"is a service of the type {BALANCER} that {one.words}"
            yield rule.finding(reading, words, verdict=verdict, at=f"{found.path}{one.path}")
    elif spec.get("type") not in INSIDE:
        problem = f"is a service of the type {spec['type']}, which opens a port of every node"
        yield rule.finding(reading, problem, at=path)
    if spec.get("externalIPs"):
        path = f"{found.path}spec.externalIPs"
        yield rule.finding(reading, "takes packets for external addresses (spec.externalIPs)", at=path)


rule = Rule(
    id="SEG-008",
    name="pod-exposure",
    title="No pod and no service goes round the network policies of its segment.",
    severity="critical",
    remedy="use a service of the type ClusterIP, and pods in the cluster's network",
    check=check,
    package="kubernetes",
    placing=False,
)
