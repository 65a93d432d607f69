"""Who may do what in a Kubernetes site: operators operate, custodians keep keys, users use them; nobody does two.

The roles are Kubernetes RBAC roles bound to groups, which the cluster's authentication assigns to people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pulumi_kubernetes as k8s

from components.declaration.physical import namespace_name

if TYPE_CHECKING:
    import pulumi

    from components.declaration.model import KubernetesSite
    from components.site import SitePlan

API: Final = "rbac.authorization.k8s.io"
_read = ["get", "list", "watch"]
# No rule names secrets, pods/exec or pods/attach: an operator sees that a workload runs, never what it holds.
operator_rules: list[dict[str, Any]] = [
    {"apiGroups": [""], "resources": ["pods", "services", "endpoints", "events", "resourcequotas"], "verbs": _read},
    {"apiGroups": ["apps"], "resources": ["deployments", "replicasets", "statefulsets"], "verbs": _read},
    {"apiGroups": ["apps"], "resources": ["deployments/scale"], "verbs": ["get", "patch", "update"]},
    {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"], "verbs": _read},
    {"apiGroups": ["policy"], "resources": ["poddisruptionbudgets"], "verbs": _read},
]


def administrator_rules(secret: str) -> list[dict[str, Any]]:
    """Return the rules of a key's administrators: replace and remove its Secret, never read it."""
    # RBAC cannot bind `create` to a name (Kubernetes, "Referring to resources").
    return [
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]},
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": [secret], "verbs": ["delete"]},
    ]


def user_rules(secret: str) -> list[dict[str, Any]]:
    """Return the rules of a key's users: read its Secret, nothing else."""
    return [{"apiGroups": [""], "resources": ["secrets"], "resourceNames": [secret], "verbs": ["get"]}]


@dataclass(frozen=True)
class Grant:
    """What groups of people may do in a segment's namespace, under the name of a role."""

    segment: str
    role: str
    rules: list[dict[str, Any]]
    groups: list[str]


def grant(plan: SitePlan[KubernetesSite], given: Grant, opts: pulumi.ResourceOptions) -> k8s.rbac.v1.Role:
    """Create a role in a segment's namespace, bind it to groups, and return it."""
    segment = given.segment
    name = f"{plan.name}-{segment}-{given.role}"
    metadata = k8s.meta.v1.ObjectMetaArgs(
        name=given.role, namespace=namespace_name(plan.declaration, segment), labels=plan.labels(segment)
    )
    return granted(name, metadata, given.rules, given.groups, opts)


def granted(
    name: str,
    metadata: k8s.meta.v1.ObjectMetaArgs,
    rules: list[dict[str, Any]],
    groups: list[str],
    opts: pulumi.ResourceOptions,
) -> k8s.rbac.v1.Role:
    """Create a role, bind it to groups under the same name, and return it."""
    created = k8s.rbac.v1.Role(name, metadata=metadata, rules=role_rules(rules), opts=opts)
    k8s.rbac.v1.RoleBinding(
        name, metadata=metadata, role_ref=role_ref(created), subjects=subjects_in(groups), opts=opts
    )
    return created


def role_ref(role: k8s.rbac.v1.Role | k8s.rbac.v1.ClusterRole) -> k8s.rbac.v1.RoleRefArgs:
    """Return how a binding names a role."""
    kind = type(role).__name__
    return k8s.rbac.v1.RoleRefArgs(api_group=API, kind=kind, name=role.metadata.name.apply(str))


def subjects_in(groups: list[str]) -> list[k8s.rbac.v1.SubjectArgs]:
    """Return how a binding names groups of people."""
    return [k8s.rbac.v1.SubjectArgs(api_group=API, kind="Group", name=group) for group in groups]


def role_rules(rules: list[dict[str, Any]]) -> list[k8s.rbac.v1.PolicyRuleArgs]:
    """Return the rules of a role as the SDK takes them."""
    return [k8s.rbac.v1.PolicyRuleArgs(**_arguments(rule)) for rule in rules]


def _arguments(rule: dict[str, Any]) -> dict[str, Any]:
    names = {"apiGroups": "api_groups", "resourceNames": "resource_names"}
    return {names.get(key, key): value for key, value in rule.items()}
