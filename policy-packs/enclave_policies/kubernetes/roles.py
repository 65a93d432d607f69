"""Kinds of objects by which a cluster gives rights, and what their rules permit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.kubernetes.podspec import POD_SPECS
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

    from enclave_policies.kubernetes.objects import KubernetesObject

ROLES: Final = frozenset({"Role", "ClusterRole"})
BINDINGS: Final = frozenset({"RoleBinding", "ClusterRoleBinding"})
CHANGE: Final = frozenset({"create", "update", "patch", "delete", "deletecollection", "*"})
"""Verbs that change objects."""
MAKE: Final = frozenset({"create", "update", "patch", "*"})
"""Verbs that make an object of one's own liking."""
POD_MAKERS: Final = frozenset({f"{kind.lower()}s" for kind in POD_SPECS if kind != "PodTemplate"})
"""Resources whose maker decides what pods run, and so which Secrets of their namespace they mount."""
POD_GROUPS: Final = frozenset({"", "apps", "batch"})


def permitted_by(found: KubernetesObject) -> Iterator[Mapping[str, Any]]:
    """Yield the rules of a role that are known."""
    yield from (one for one in map(mapping, entries(found.body.get("rules"))) if one is not UNKNOWN)


def permits(
    permitted: Mapping[str, Any], groups: Collection[str], resources: Collection[str], verbs: Collection[str]
) -> bool:
    """Return whether a rule of a role permits any of some verbs on any of some resources of any of some groups."""
    asked = (("apiGroups", groups), ("resources", resources), ("verbs", verbs))
    return all({*wanted, "*"} & set(entries(permitted.get(name))) for name, wanted in asked)


def makes_pods(permitted: Mapping[str, Any]) -> bool:
    """Return whether a rule of a role lets its holder decide what pods run."""
    return permits(permitted, POD_GROUPS, POD_MAKERS, MAKE)


def delegates(permitted: Mapping[str, Any], harmless: tuple[str, ...]) -> bool:
    """Return whether a rule lets its holder give rights that it has not; ``harmless``: how roles begin that it may.

    Source: Kubernetes documentation, Using RBAC Authorization, "Privilege escalation prevention".
    """
    roles, names = ("roles", "clusterroles"), entries(permitted.get("resourceNames"))
    if permits(permitted, ("rbac.authorization.k8s.io",), roles, ("escalate",)):
        return True
    bound = permits(permitted, ("rbac.authorization.k8s.io",), roles, ("bind",))
    return bound and not (names and all(isinstance(one, str) and one.startswith(harmless) for one in names))


def impersonates(permitted: Mapping[str, Any]) -> frozenset[str] | None:
    """Return whom a rule lets its holder act as; ``*``: anybody of a kind, None: nobody."""
    if not permits(permitted, ("",), ("users", "groups", "serviceaccounts"), ("impersonate",)):
        return None
    return frozenset(str(one) for one in entries(permitted.get("resourceNames"))) or frozenset({"*"})
