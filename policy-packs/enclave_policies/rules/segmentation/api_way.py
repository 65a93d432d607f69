"""SEG-011: nobody is let through the API server to pods, services and nodes, or changes what shuts them off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import entries, mapping, objects_of
from enclave_policies.kubernetes.roles import BINDINGS, CHANGE, ROLES, permits
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

OPENED: Final = frozenset({"cluster-admin", "admin", "edit", "system:kubelet-api-admin", "system:aggregate-to-edit"})
"""Roles that every cluster has and that hold such a way (Kubernetes documentation, Using RBAC Authorization)."""
WAYS: Final = frozenset(
    {"pods/portforward", "pods/proxy", "pods/exec", "pods/attach", "services/proxy", "nodes/proxy"}
    | {"*", "*/*", "*/portforward", "*/proxy", "*/exec", "*/attach", "pods/*", "services/*", "nodes/*"}
)
"""Resources that are connections, which go from the API server to the node: no network policy sees who asked."""

SHUTTING: Final = (
    (("networking.k8s.io", "extensions"), ("networkpolicies",)),
    (("cilium.io",), ("ciliumnetworkpolicies", "ciliumclusterwidenetworkpolicies")),
    (("projectcalico.org", "crd.projectcalico.org"), ("networkpolicies", "globalnetworkpolicies")),
    (("policy.networking.k8s.io",), ("adminnetworkpolicies", "baselineadminnetworkpolicies")),
    (("",), ("namespaces",)),
)
"""Groups and resources that say who reaches whom: whoever changes them lifts the segmentation."""

METRICS: Final = frozenset({"metrics.k8s.io", "custom.metrics.k8s.io", "external.metrics.k8s.io"})
"""Groups that Kubernetes defines for autoscalers: they answer with numbers (Kubernetes documentation, Horizontal Pod
Autoscaling, Support for metrics APIs)."""


def check(reading: Reading) -> Iterator[Finding]:
    """Look for connections among what roles permit, for built-in roles that hold them, and for delegated groups."""
    if not reading.resource.type.startswith("kubernetes:"):
        return
    for found in objects_of(reading.resource):
        if found.custom:
            continue
        if found.kind in ROLES:
            yield from _role(reading, found)
        elif found.kind in BINDINGS:
            path = f"{found.path}roleRef"
            named = mapping(found.body.get("roleRef"))
            name = UNKNOWN if named is UNKNOWN else named.get("name")
            if name is UNKNOWN:
                yield rule.finding(reading, "binds a role that is not known yet", verdict="undetermined", at=path)
            elif named.get("kind") == "ClusterRole" and name in OPENED:
                problem = f"binds the role {name}, which lets people through to every pod (pods/portforward)"
                yield rule.finding(reading, problem, at=path)
        elif found.kind == "APIService" and _is_answered_by_a_service(found):
            problem = "lets everybody who may ask the API server through to a service (spec.service)"
            yield rule.finding(reading, problem, at=f"{found.path}spec.service")


def _is_answered_by_a_service(found: KubernetesObject) -> bool:
    spec = found.spec
    return spec is not UNKNOWN and bool(spec.get("service")) and spec.get("group") not in METRICS


def _role(reading: Reading, found: KubernetesObject) -> Iterator[Finding]:
    path = f"{found.path}rules"
    for permitted in map(mapping, entries(found.body.get("rules"))):
        resources = UNKNOWN if permitted is UNKNOWN else entries(permitted.get("resources"))
        if resources is UNKNOWN or UNKNOWN in resources:
            yield rule.finding(reading, "permits what is not known yet", verdict="undetermined", at=path)
        elif _is_core(permitted) and (ways := sorted(WAYS & set(resources))) and permitted.get("verbs"):
            problem = f"lets people through the API server to pods, services or nodes ({', '.join(ways)})"
            yield rule.finding(reading, problem, at=path)
        if permitted is not UNKNOWN and any(
            permits(permitted, groups, shutting, CHANGE) for groups, shutting in SHUTTING
        ):
            problem = "gives the right to change what shuts segments off (network policies, labels of namespaces)"
            yield rule.finding(reading, problem, at=path)


def _is_core(permitted: Any) -> bool:
    return bool({"", "*", UNKNOWN} & set(entries(permitted.get("apiGroups"))))


rule = Rule(
    id="SEG-011",
    name="api-way",
    title="Nobody is let through the API server to pods, services and nodes, or changes what shuts them off.",
    severity="critical",
    remedy="permit objects, not the connections below them; people reach pods through the gateways",
    check=check,
    package="kubernetes",
    placing=False,
)
