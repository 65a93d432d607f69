"""Gateway hosts of a Kubernetes site: a set of pods for each declared gateway, spread over the site's buildings.

A StatefulSet, as each pod keeps a record of its own, on a volume that outlives the pod.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components.access.told import gateways_told
from components.kubernetes.front import GatewayFront, GatewayFrontArgs
from components.kubernetes.pods import LOCKED_DOWN, bundle_name, disruption_budget, only_in, pod_defaults, starting
from components.kubernetes.receiver import host_aliases, receiver_url
from hosts.gateway.bundle import digest_of
from hosts.gateway.starting import (
    BUNDLE,
    DIGEST_ANNOTATION,
    DRAIN,
    ENVOY,
    GRANTS,
    PROJECTED,
    READY,
    RECEIVER,
    RECORD,
    SHIPPER_ACCOUNT,
    SOCKETS,
    TLS,
    authorizer,
    receiver_token,
    shipper,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.declaration.model import Gateway, KubernetesSite
    from components.kubernetes.network import NetworkSegmentation
    from components.site import SitePlan


RECORD_SIZE: Final = "16Gi"
"""About a year of a million decisions a month."""
_DRAINED: Final = {"preStop": {"exec": {"command": list(DRAIN)}}}
"""Envoy is drained before it ends, and the authorizer answers it until then: both containers wait for the same."""


@dataclass(frozen=True)
class GatewayHostsArgs:
    """What a site's gateway hosts are built from; ``shippers``: segment → the account of pods that ship there."""

    plan: SitePlan[KubernetesSite]
    network: NetworkSegmentation
    shippers: Mapping[str, k8s.core.v1.ServiceAccount]


class GatewayHosts(pulumi.ComponentResource):
    """The pods of every declared gateway: by digest, without root, capabilities, service account or writable root."""

    def __init__(self, name: str, args: GatewayHostsArgs, opts: pulumi.ResourceOptions) -> None:
        told = gateways_told(args.plan.declaration, args.plan.name)
        super().__init__("enclave:kubernetes:GatewayHosts", name, told, opts)
        self.args = args
        self.plan = args.plan
        self.endpoints = {
            gateway: self._gateway(gateway, declared) for gateway, declared in self.plan.declaration.gateways.items()
        }
        self.register_outputs({"endpoints": self.endpoints})

    def _gateway(self, gateway: str, declared: Gateway) -> pulumi.Output[str]:
        """Create one gateway; return the address at which it is asked, as HOST:PORT."""
        namespace = self.args.network.namespaces[declared.segment]
        name = f"{self.plan.name}-{gateway}"
        child = pulumi.ResourceOptions(parent=self)
        selector = {"app.kubernetes.io/name": "gateway", "app.kubernetes.io/instance": gateway}
        metadata = k8s.meta.v1.ObjectMetaArgs(
            name=gateway,
            namespace=namespace.metadata.name,
            labels={**self.plan.labels(declared.segment), **selector},
        )
        files = self.plan.bundle(gateway)
        bundle = k8s.core.v1.ConfigMap(
            f"{name}-bundle",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=bundle_name(gateway, digest_of(files)),
                namespace=namespace.metadata.name,
                labels={**self.plan.labels(declared.segment), **selector},
            ),
            immutable=True,
            data=files,
            opts=child,
        )
        if self.plan.receiver is None:
            account = k8s.core.v1.ServiceAccount(
                name, metadata=metadata, automount_service_account_token=False, opts=child
            )
            called: pulumi.Input[str] = account.metadata.name.apply(str)
        else:  # by its name, which is known before it is made
            account, called = self.args.shippers[declared.segment], SHIPPER_ACCOUNT
        k8s.apps.v1.StatefulSet(
            name,
            metadata=metadata,
            spec=stateful_set_spec(
                declared,
                {**self.plan.labels(declared.segment), **selector},
                selector,
                Mounted(
                    called,
                    bundle.metadata.name.apply(str),
                    digest_of(files),
                    gateway,
                    self.plan.site.storage_class,
                    _delivery(self.plan),
                    only_in(self.plan),
                ),
            ),
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[account, *self.args.network.isolation[declared.segment]]
            ),
        )
        k8s.policy.v1.PodDisruptionBudget(
            name,
            metadata=metadata,
            spec=disruption_budget(selector),
            opts=child,
        )
        service = k8s.core.v1.Service(
            name,
            metadata=metadata,
            spec=k8s.core.v1.ServiceSpecArgs(
                type="ClusterIP",
                selector=selector,
                ports=[k8s.core.v1.ServicePortArgs(name="gateway", port=declared.port, target_port="gateway")],
            ),
            opts=child,
        )
        balancer = declared.balancers.get(self.plan.name)
        if balancer is not None:
            front = GatewayFrontArgs(self.plan, self.args.network, gateway, declared, balancer)
            return pulumi.Output.from_input(GatewayFront(f"{name}-front", front, child).address)
        return pulumi.Output.concat(
            service.metadata.name.apply(str),
            ".",
            service.metadata.namespace.apply(str),
            f".svc.cluster.local:{declared.port}",
        )


@dataclass(frozen=True)
class Mounted:
    """What a gateway's pods run with: service account, ConfigMap of the bundle, its digest, the gateway, storage.

    ``delivery`` is None where the record stays on the site; ``place`` is what keeps pods in some buildings.
    """

    account: pulumi.Input[str]
    config_map: pulumi.Input[str]
    digest: str
    gateway: str
    storage_class: str
    delivery: Delivery | None = None
    place: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """Where pods ship their record: from which site, the receiver's address (https://HOST/BUCKET), how it is found."""

    site: str
    to: str
    aliases: list[dict[str, Any]]


def _delivery(plan: SitePlan[KubernetesSite]) -> Delivery | None:
    return None if plan.receiver is None else Delivery(plan.name, receiver_url(plan.receiver), host_aliases(plan))


def stateful_set_spec(declared: Gateway, labels: dict[str, str], selector: dict[str, str], mounted: Mounted) -> Any:
    """Return the specification of a gateway's StatefulSet; its volumes stay when pods or the set itself go."""
    return {
        "replicas": declared.replicas,
        "serviceName": mounted.gateway,
        "selector": {"matchLabels": selector},
        "podManagementPolicy": "Parallel",
        "updateStrategy": {"type": "RollingUpdate"},
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        "volumeClaimTemplates": [
            {
                "metadata": {"name": RECORD.volume, "labels": labels},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": mounted.storage_class,
                    "resources": {"requests": {"storage": RECORD_SIZE}},
                },
            }
        ],
        "template": {
            "metadata": {"labels": labels, "annotations": {DIGEST_ANNOTATION: mounted.digest}},
            "spec": pod_spec(declared, selector, mounted),
        },
    }


def pod_spec(declared: Gateway, selector: dict[str, str], mounted: Mounted) -> dict[str, Any]:
    """Return the pod of a gateway; it meets Pod Security ``restricted`` and stands in every building."""
    delivery = mounted.delivery
    return {
        **pod_defaults(mounted.account, selector, revision="controller-revision-hash"),
        **mounted.place,
        **({"hostAliases": delivery.aliases} if delivery else {}),
        "containers": [
            _envoy(declared),
            _authorizer(declared, mounted),
            *([_shipper(declared, mounted.gateway, delivery)] if delivery else []),
        ],
        "volumes": [
            {"name": BUNDLE.volume, "configMap": {"name": mounted.config_map}},
            {"name": TLS.volume, "secret": {"secretName": f"{mounted.gateway}-tls", "defaultMode": 0o440}},
            {"name": SOCKETS.volume, "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
            # Those who approve put grants there; without it nothing is granted.
            {"name": GRANTS.volume, "configMap": {"name": f"{mounted.gateway}-grants", "optional": True}},
            *([{"name": RECEIVER.volume, PROJECTED: receiver_token(delivery.to)}] if delivery else []),
        ],
    }


def _envoy(declared: Gateway) -> dict[str, Any]:
    return {
        **starting(ENVOY),
        "image": declared.image,
        "lifecycle": _DRAINED,
        "ports": [{"name": "gateway", "containerPort": declared.port, "protocol": "TCP"}],
        "readinessProbe": {"tcpSocket": {"port": "gateway"}},
        "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}},
        "securityContext": LOCKED_DOWN,
    }


def _authorizer(declared: Gateway, mounted: Mounted) -> dict[str, Any]:
    return {
        **starting(authorizer(mounted.digest)),
        "image": declared.image,
        "lifecycle": _DRAINED,
        "readinessProbe": {"exec": {"command": list(READY)}},
        "resources": {"requests": {"cpu": "250m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "256Mi"}},
        "securityContext": LOCKED_DOWN,
    }


def _shipper(declared: Gateway, gateway: str, delivery: Delivery) -> dict[str, Any]:
    return {
        **starting(shipper(delivery.site, gateway, delivery.to)),
        "image": declared.image,
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
        "securityContext": LOCKED_DOWN,
    }
