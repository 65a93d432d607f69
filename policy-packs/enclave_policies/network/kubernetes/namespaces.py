"""Namespaces of a stack, and the network policies that close their ways out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import PACKAGE, entries, mapping, objects_of
from enclave_policies.reading.gathered import each, once
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

SYSTEM: Final = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})
EVERY_POD: Final = frozenset({"", "all()"})
CLUSTER_WIDE: Final = frozenset(
    {"CiliumClusterwideNetworkPolicy", "GlobalNetworkPolicy", "AdminNetworkPolicy", "ClusterNetworkPolicy"}
    | {"BaselineAdminNetworkPolicy"}
)


@dataclass(frozen=True, slots=True)
class Namespaces:
    """What a stack makes: names of namespaces, and by cluster those that a policy closes (see closes_egress).

    ``named``: also those that its objects stand in, and the cluster's own.
    """

    made: frozenset[str]
    named: frozenset[str]
    closed: Mapping[object, frozenset[str]]


@once
def namespaces_in(stack: Stack) -> Namespaces:
    """Return the namespaces of a stack."""
    made: set[str] = set()
    named: set[str] = set(SYSTEM)
    closed: dict[object, set[str]] = {}
    for told in each(stack, stack.of_package(PACKAGE), _told):
        for one in told:
            made.update(one.made)
            named.update(one.named)
            for code, spaces in one.closed.items():
                closed.setdefault(code, set()).update(spaces)
    return Namespaces(
        frozenset(made), frozenset(made | named), {code: frozenset(names) for code, names in closed.items()}
    )


def _told(reading: Reading) -> list[Namespaces]:
    """Return what each object of a resource says of namespaces."""
    return [_of_object(found, reading) for found in objects_of(reading.resource)]


def _of_object(found: KubernetesObject, reading: Reading) -> Namespaces:
    name, space, shut = found.metadata("name"), found.metadata("namespace"), closes_egress(found)
    makes = found.kind == "Namespace" and not found.patch and isinstance(name, str)
    return Namespaces(
        frozenset({name} if makes else ()),
        frozenset({space} if isinstance(space, str) else ()),
        {} if shut is None else {reading.location.code: frozenset({shut})},
    )


def namespaces_of(reading: Reading) -> list[KubernetesObject]:
    """Return the namespaces that a resource makes or patches."""
    return [found for found in objects_of(reading.resource) if found.kind == "Namespace" and not found.custom]


def is_system(name: Any) -> bool:
    """Return whether Kubernetes itself makes a namespace of this name."""
    return isinstance(name, str) and name in SYSTEM


def closes_egress(found: KubernetesObject) -> str | None:
    """Return the namespace whose pods may go nowhere by default because of this object, None where it closes none.

    ``*``: every namespace, or one that is not known yet.
    """
    spec = found.spec
    if spec is UNKNOWN or not spec or not _for_every_pod(found, spec):
        return None
    if found.kind in CLUSTER_WIDE:
        return "*" if found.custom and _denies_all(spec) else None
    if found.kind not in ("NetworkPolicy", "CiliumNetworkPolicy") or not _restricts_egress(found, spec):
        return None
    namespace = found.metadata("namespace")
    return "default" if namespace is None else namespace if isinstance(namespace, str) else "*"


def _for_every_pod(found: KubernetesObject, spec: dict[str, Any]) -> bool:
    if found.group == "policy.networking.k8s.io":
        return True
    if found.custom and "selector" in spec:
        return str(spec["selector"]).strip() in EVERY_POD
    selector = spec.get("endpointSelector" if found.group == "cilium.io" else "podSelector")
    if selector is None:
        return found.custom and found.group != "cilium.io"
    return isinstance(selector, dict) and not any(selector.values())


def _restricts_egress(found: KubernetesObject, spec: dict[str, Any]) -> bool:
    types = spec.get("policyTypes", spec.get("types"))
    if types is not None:
        return "Egress" in entries(types)
    return "egress" in spec if found.group != "cilium.io" else "egress" in spec or "egressDeny" in spec


def _denies_all(spec: dict[str, Any]) -> bool:
    """Whether a policy for the whole cluster denies what no other policy allows."""
    if "types" in spec:
        return "Egress" in entries(spec["types"])
    rules = [mapping(rule) for rule in entries(spec.get("egress"))]
    return any(rule is not UNKNOWN and rule.get("action") == "Deny" for rule in rules) or spec.get("egress") == [{}]
