"""Network segmentation of a Kubernetes site: a namespace for each segment, denied both ways but for declared paths."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_kubernetes as k8s

from components.declaration.connections import api_server_ports
from components.declaration.physical import namespace_name, resolver_policy_name
from components.protection import HOLDING, inside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.declaration.model import KubernetesSite
    from components.site import Permission, SitePlan

quota = {"pods": "100", "requests.cpu": "64", "requests.memory": "256Gi", "limits.cpu": "128", "limits.memory": "512Gi"}
container_default = {"cpu": "500m", "memory": "512Mi"}
container_request = {"cpu": "100m", "memory": "128Mi"}
resolver_namespace, resolver_pods = "kube-system", {"k8s-app": "kube-dns"}


@dataclass(frozen=True)
class NetworkSegmentationArgs:
    """What a site's segmentation is built from; ``behind``: what must stand before its namespaces do."""

    plan: SitePlan[KubernetesSite]
    behind: Sequence[pulumi.Resource]


class NetworkSegmentation(pulumi.ComponentResource):
    """Namespaces under Pod Security ``restricted``, with quotas, and network policies for the declared paths only.

    ``isolation``: what must stand before a segment's pods do; it hangs under the namespace, and whoever waits for the
    namespace, or for this component, does not wait for it (the SDK passes over what hangs under a resource).
    """

    def __init__(self, name: str, args: NetworkSegmentationArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:kubernetes:NetworkSegmentation", name, None, opts)
        self.args = args
        self.plan = args.plan
        self.namespaces = {segment: self._namespace(segment) for segment in self.plan.declaration.segments}
        resolver = self._resolver()
        self.isolation = {segment: [*self._isolated(segment), resolver] for segment in self.namespaces}
        for segment in self.namespaces:
            self._policy(segment, "allow-dns", dns_policy())
        for permission in self.plan.permissions():
            self._permit(permission)
        self.register_outputs({"namespaces": {segment: ns.metadata.name for segment, ns in self.namespaces.items()}})

    def segment_table(self) -> list[dict[str, pulumi.Input[str]]]:
        """Return one row for each segment and building: segment, zone, network, namespace."""
        return [
            {
                "segment": row.segment,
                "zone": row.zone,
                "network": str(row.network),
                "id": self.namespaces[row.segment].metadata.name.apply(str),
            }
            for row in self.plan.subnets()
        ]

    def _child(self, segment: str) -> pulumi.ResourceOptions:
        return inside(self.namespaces[segment])

    def _namespace(self, segment: str) -> k8s.core.v1.Namespace:
        security = {
            f"pod-security.kubernetes.io/{mode}{suffix}": value
            for mode in ("enforce", "audit", "warn")
            for suffix, value in (("", "restricted"), ("-version", "latest"))
        }
        return k8s.core.v1.Namespace(
            f"{self.plan.name}-{segment}",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=namespace_name(self.plan.declaration, segment), labels={**self.plan.labels(segment), **security}
            ),
            opts=pulumi.ResourceOptions(parent=self, protect=segment in HOLDING, depends_on=list(self.args.behind)),
        )

    def _metadata(self, segment: str, name: str) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(
            name=name, namespace=self.namespaces[segment].metadata.name, labels=self.plan.labels(segment)
        )

    def _isolated(self, segment: str) -> list[pulumi.Resource]:
        """Deny a segment's pods everything, and limit what they take from others."""
        share = k8s.core.v1.ResourceQuota(
            f"{self.plan.name}-{segment}",
            metadata=self._metadata(segment, "quota"),
            spec=k8s.core.v1.ResourceQuotaSpecArgs(hard=quota),
            opts=self._child(segment),
        )
        limits = k8s.core.v1.LimitRange(
            f"{self.plan.name}-{segment}",
            metadata=self._metadata(segment, "limits"),
            spec=k8s.core.v1.LimitRangeSpecArgs(
                limits=[
                    k8s.core.v1.LimitRangeItemArgs(
                        type="Container", default=container_default, default_request=container_request
                    )
                ]
            ),
            opts=self._child(segment),
        )
        deny = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
        return [share, limits, self._policy(segment, "default-deny", deny)]

    def _policy(self, segment: str, name: str, spec: Any) -> k8s.networking.v1.NetworkPolicy:
        return k8s.networking.v1.NetworkPolicy(
            f"{self.plan.name}-{segment}-{name}",
            metadata=self._metadata(segment, name),
            spec=spec,
            opts=self._child(segment),
        )

    def _resolver(self) -> k8s.networking.v1.NetworkPolicy:
        """Keep the resolver, which every segment may ask, from carrying questions out of the site."""
        metadata = k8s.meta.v1.ObjectMetaArgs(
            name=resolver_policy_name(self.plan.declaration), namespace=resolver_namespace, labels=self.plan.labels()
        )
        spec: Any = resolver_policy(self.plan.site.cidr, self.plan.beside_api_servers)
        return k8s.networking.v1.NetworkPolicy(
            f"{self.plan.name}-resolver",
            metadata=metadata,
            spec=spec,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(self.args.behind)),
        )

    def _permit(self, permitted: Permission) -> None:
        suffix = f"{permitted.protocol}-{permitted.ports}"
        source, target = (str(end).replace("/", "-") for end in (permitted.source, permitted.target))
        if isinstance(permitted.target, str):
            self._policy(
                permitted.target, f"from-{source}-{suffix}", ingress_policy(permitted, self._peer(permitted.source))
            )
        if isinstance(permitted.source, str):
            self._policy(
                permitted.source, f"to-{target}-{suffix}", egress_policy(permitted, self._peer(permitted.target))
            )

    def _peer(self, end: str | IPv4Network) -> dict[str, Any]:
        """Return the other end of a connection: the namespace of a segment, or a network outside the site."""
        if isinstance(end, IPv4Network):
            return {"ipBlock": {"cidr": str(end)}}
        name = namespace_name(self.plan.declaration, end)
        return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def ingress_policy(permitted: Permission, peer: dict[str, Any]) -> dict[str, Any]:
    """Return the policy that lets a permitted connection from a peer into its target's namespace."""
    rule = {"from": [peer], "ports": [_port(permitted)]}
    return {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [rule]}


def egress_policy(permitted: Permission, peer: dict[str, Any]) -> dict[str, Any]:
    """Return the policy that lets a permitted connection out of its source's namespace to a peer."""
    rule = {"to": [peer], "ports": [_port(permitted)]}
    return {"podSelector": {}, "policyTypes": ["Egress"], "egress": [rule]}


def dns_policy() -> dict[str, Any]:
    """Return the policy that lets pods ask the cluster's own resolver."""
    peer = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": resolver_namespace}},
        "podSelector": {"matchLabels": resolver_pods},
    }
    ports = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    return {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [peer], "ports": ports}]}


def resolver_policy(site: IPv4Network, others: Sequence[IPv4Network]) -> dict[str, Any]:
    """Return the policy that lets the cluster's own resolver reach the API servers of its site, and nothing else.

    They have addresses of the site that belong to no segment and to no store (``others``).
    """
    ports = [{"protocol": "TCP", "port": port} for port in api_server_ports]
    block = {"cidr": str(site), "except": list(map(str, others))}
    rule = {"to": [{"ipBlock": block}], "ports": ports}
    return {"podSelector": {"matchLabels": resolver_pods}, "policyTypes": ["Egress"], "egress": [rule]}


def _port(permitted: Permission) -> dict[str, Any]:
    first, last = permitted.ports
    return {"protocol": permitted.protocol.upper(), "port": first} | ({"endPort": last} if last > first else {})
