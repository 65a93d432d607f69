"""The inspector on a Kubernetes site: it looks at what runs and who may what, and at no Secret; who ships its copy.

The copy of the record leaves by a service account of its own, which has no rights in the cluster at all: its token is
for the inspector's receiver alone (TokenRequest with an audience), and no rule of the cluster names it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components.declaration.connections import gateway_segments
from components.declaration.physical import cluster_inspector_name, namespace_name, resolver_policy_name
from components.kubernetes.access import Grant, grant, granted, role_ref, role_rules, subjects_in
from components.kubernetes.network import resolver_namespace
from components.kubernetes.receiver import receiver_declared
from components.kubernetes.watch import ScheduledWatch, ScheduledWatchArgs, watch_declared
from components.protection import inside
from hosts.gateway.starting import SHIPPER_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.declaration.model import Inspector, KubernetesSite
    from components.kubernetes.network import NetworkSegmentation
    from components.site import SitePlan

ROLE: Final = "inspector"
_read: Final = ["get", "list", "watch"]
SCOPES: Final[dict[str, list[dict[str, Any]]]] = {
    "gateways": [
        {"apiGroups": [""], "resources": ["events", "pods", "serviceaccounts", "services"], "verbs": _read},
        {"apiGroups": ["apps"], "resources": ["deployments", "replicasets", "statefulsets"], "verbs": _read},
        {"apiGroups": ["policy"], "resources": ["poddisruptionbudgets"], "verbs": _read},
    ],
    "identities": [
        {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["rolebindings", "roles"], "verbs": _read},
    ],
    "keys": [],  # a key's Secret is never looked at; who may is told by `identities`
    "network": [
        {"apiGroups": [""], "resources": ["endpoints"], "verbs": _read},
        {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses", "networkpolicies"], "verbs": _read},
    ],
    "storage": [{"apiGroups": [""], "resources": ["persistentvolumeclaims", "resourcequotas"], "verbs": _read}],
}
"""Scope → what the inspector reads in each namespace: never secrets, pods/exec or pods/log, and as nobody else."""
BUNDLES: Final[list[dict[str, Any]]] = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": _read}]
"""In the namespaces of gateways alone: what a gateway decides by lies there."""
CLUSTER: Final[list[dict[str, Any]]] = [
    {"apiGroups": [""], "resources": ["namespaces", "nodes"], "verbs": _read},
    {
        "apiGroups": ["admissionregistration.k8s.io"],
        "resources": ["validatingadmissionpolicies", "validatingadmissionpolicybindings"],
        "verbs": _read,
    },
    {
        "apiGroups": ["rbac.authorization.k8s.io"],
        "resources": ["clusterrolebindings", "clusterroles"],
        "verbs": _read,
    },
]


@dataclass(frozen=True)
class InspectionArgs:
    """What a site's inspection is built from: its plan, the inspector, its groups, and the site's network."""

    plan: SitePlan[KubernetesSite]
    inspector: Inspector
    groups: list[str]
    network: NetworkSegmentation


class Inspection(pulumi.ComponentResource):
    """The inspector's rights in the cluster and in each segment, and the account that ships its copy of the record."""

    def __init__(self, name: str, args: InspectionArgs, opts: pulumi.ResourceOptions) -> None:
        plan = args.plan
        looks = {segment: _looks(args, segment) for segment in args.network.namespaces}
        super().__init__("enclave:kubernetes:Inspection", name, _declared(args, looks), opts)
        roles = {
            segment: grant(plan, Grant(segment, ROLE, rules, args.groups), inside(args.network.namespaces[segment]))
            for segment, rules in looks.items()
            if rules
        }
        self.shippers: dict[str, k8s.core.v1.ServiceAccount] = {}
        for segment in gateway_segments(plan.declaration):
            self.shippers[segment] = self._shipper(plan, segment, args.network.namespaces[segment])
        self._cluster(plan, args.groups)
        roles[resolver_namespace] = self._resolver(plan, args.groups)
        if args.inspector.watch and plan.watch:
            behind = args.network.isolation[args.inspector.watch.segment]
            given = ScheduledWatchArgs(plan, args.inspector, args.inspector.watch, plan.watch, roles, behind)
            ScheduledWatch(f"{plan.name}-watch", given, pulumi.ResourceOptions(parent=self))
        self.register_outputs({"groups": args.groups})

    def _shipper(
        self, plan: SitePlan[KubernetesSite], segment: str, namespace: k8s.core.v1.Namespace
    ) -> k8s.core.v1.ServiceAccount:
        metadata = k8s.meta.v1.ObjectMetaArgs(
            name=SHIPPER_ACCOUNT, namespace=namespace_name(plan.declaration, segment), labels=plan.labels(segment)
        )
        return k8s.core.v1.ServiceAccount(
            f"{plan.name}-{segment}-{SHIPPER_ACCOUNT}",
            metadata=metadata,
            automount_service_account_token=False,
            opts=inside(namespace),
        )

    def _resolver(self, plan: SitePlan[KubernetesSite], groups: list[str]) -> k8s.rbac.v1.Role:
        """Let the inspector see the one policy that the enclave has beside the cluster's resolver."""
        called = resolver_policy_name(plan.declaration)
        metadata = k8s.meta.v1.ObjectMetaArgs(
            name=f"{called}-{ROLE}", namespace=resolver_namespace, labels=plan.labels()
        )
        looks = {
            "apiGroups": ["networking.k8s.io"],
            "resources": ["networkpolicies"],
            "resourceNames": [called],
            "verbs": ["get"],
        }
        child = pulumi.ResourceOptions(parent=self)
        return granted(f"{plan.name}-resolver-{ROLE}", metadata, [looks], groups, child)

    def _cluster(self, plan: SitePlan[KubernetesSite], groups: list[str]) -> None:
        called = cluster_inspector_name(plan.declaration)
        metadata = k8s.meta.v1.ObjectMetaArgs(name=called, labels=plan.labels())
        child = pulumi.ResourceOptions(parent=self)
        name = f"{plan.name}-{ROLE}"
        created = k8s.rbac.v1.ClusterRole(name, metadata=metadata, rules=role_rules(CLUSTER), opts=child)
        k8s.rbac.v1.ClusterRoleBinding(
            name,
            metadata=metadata,
            role_ref=role_ref(created),
            subjects=subjects_in(groups),
            opts=child,
        )


def _looks(args: InspectionArgs, segment: str) -> list[dict[str, Any]]:
    """Return the rules by which the inspector looks into a segment's namespace."""
    scopes = sorted(set(args.inspector.scopes))
    of_gateway = segment in {gateway.segment for gateway in args.plan.declaration.gateways.values()}
    more = BUNDLES if of_gateway and "gateways" in scopes else []
    return [*(rule for scope in scopes for rule in SCOPES[scope]), *more]


def _declared(args: InspectionArgs, looks: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return what the inspection must consist of, as plain data that every judge of the stack can read."""
    return {
        "site": args.plan.name,
        "inspector": args.inspector.name,
        "groups": args.groups,
        "namespaces": {
            namespace_name(args.plan.declaration, segment): _resources(rules) for segment, rules in looks.items()
        },
        "cluster": _resources(CLUSTER),
        **receiver_declared(args.plan),
        **watch_declared(args.plan, args.inspector),
    }


def _resources(rules: list[dict[str, Any]]) -> list[str]:
    """Return what rules name, as GROUP/RESOURCE; the core's group has no name."""
    return sorted(f"{group}/{each}" for rule in rules for group in rule["apiGroups"] for each in rule["resources"])
