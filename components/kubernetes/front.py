"""What stands in front of a gateway on Kubernetes: pods that take people's connections, at a declared address.

They stand in the segment ``front``, as the balancer does in AWS, so people reach no pod of the gateway itself. The
balancer keeps people's addresses (``externalTrafficPolicy: Local``), which network policies judge, and the pods tell
them to the gateway.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_kubernetes as k8s

from components.declaration.fronts import sources_of
from components.declaration.physical import namespace_name
from components.kubernetes.pods import LOCKED_DOWN, bundle_name, disruption_budget, only_in, pod_defaults, starting
from hosts.gateway.bundle import digest_of
from hosts.gateway.front import front_configuration
from hosts.gateway.starting import FRONT, FRONT_FILE, FRONT_PLACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from ipaddress import IPv4Network

    from components.declaration.model import Balancer, Gateway, KubernetesSite
    from components.kubernetes.network import NetworkSegmentation
    from components.site import SitePlan


@dataclass(frozen=True)
class GatewayFrontArgs:
    """What a front is built from: the site, its network, the gateway's name and declaration, and its balancer."""

    plan: SitePlan[KubernetesSite]
    network: NetworkSegmentation
    gateway: str
    declared: Gateway
    balancer: Balancer


class GatewayFront(pulumi.ComponentResource):
    """Pods in the segment ``front`` and the load balancer before them; ``address`` is where people ask."""

    def __init__(self, name: str, args: GatewayFrontArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:kubernetes:GatewayFront", name, None, opts)
        plan, declared, gateway = args.plan, args.declared, args.gateway
        child = pulumi.ResourceOptions(parent=self)
        selector = {"app.kubernetes.io/name": "gateway-front", "app.kubernetes.io/instance": gateway}
        labels = {**plan.labels(declared.front), **selector}
        namespace = args.network.namespaces[declared.front].metadata.name
        metadata = k8s.meta.v1.ObjectMetaArgs(name=gateway, namespace=namespace, labels=labels)
        files = {FRONT_FILE: _json(front_configuration(declared.port, inner_host(plan, gateway, declared)))}
        configuration = k8s.core.v1.ConfigMap(
            f"{name}-configuration",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=bundle_name(f"{gateway}-front", digest_of(files)), namespace=namespace, labels=labels
            ),
            immutable=True,
            data=files,
            opts=child,
        )
        account = k8s.core.v1.ServiceAccount(name, metadata=metadata, automount_service_account_token=False, opts=child)
        mounted = FrontMounts(account.metadata.name.apply(str), configuration.metadata.name.apply(str), only_in(plan))
        k8s.apps.v1.Deployment(
            name,
            metadata=metadata,
            spec=front_spec(declared, labels, selector, mounted),
            opts=pulumi.ResourceOptions(parent=self, depends_on=args.network.isolation[declared.front]),
        )
        k8s.policy.v1.PodDisruptionBudget(name, metadata=metadata, spec=disruption_budget(selector), opts=child)
        k8s.core.v1.Service(
            name,
            metadata=metadata,
            spec=balancer_spec(args.balancer, declared.port, selector, sources_of(plan.declaration, declared)),
            opts=child,
        )
        self.address = f"{args.balancer.address}:{declared.port}"
        self.register_outputs({"address": self.address})


@dataclass(frozen=True)
class FrontMounts:
    """What a front's pods run with: service account, configuration, what keeps them in some buildings."""

    account: pulumi.Input[str]
    config_map: pulumi.Input[str]
    place: Mapping[str, Any]


def inner_host(plan: SitePlan[KubernetesSite], gateway: str, declared: Gateway) -> str:
    """Return the name of a gateway's own Service within the cluster."""
    return f"{gateway}.{namespace_name(plan.declaration, declared.segment)}.svc.cluster.local"


def balancer_spec(balancer: Balancer, port: int, selector: dict[str, str], sources: Sequence[IPv4Network]) -> Any:
    """Return a Service that one controller announces at one address, to some networks, without a port of a node."""
    return {
        "type": "LoadBalancer",
        "loadBalancerClass": balancer.class_,
        "loadBalancerIP": str(balancer.address),
        "loadBalancerSourceRanges": [str(network) for network in sources],
        "allocateLoadBalancerNodePorts": False,
        # Local: else nodes would hide people's addresses behind their own, and no network policy would see them.
        "externalTrafficPolicy": "Local",
        "selector": selector,
        "ports": [{"name": "people", "port": port, "targetPort": "people", "protocol": "TCP"}],
    }


def front_spec(declared: Gateway, labels: dict[str, str], selector: dict[str, str], mounted: FrontMounts) -> Any:
    """Return the specification of a front's Deployment: as many pods as the gateway has, in every building."""
    container = {
        **starting(FRONT),
        "image": declared.image,
        "ports": [{"name": "people", "containerPort": declared.port, "protocol": "TCP"}],
        "readinessProbe": {"tcpSocket": {"port": "people"}},
        "resources": {"requests": {"cpu": "250m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "256Mi"}},
        "securityContext": LOCKED_DOWN,
    }
    return {
        "replicas": declared.replicas,
        "selector": {"matchLabels": selector},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1}},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                **pod_defaults(mounted.account, selector, revision="pod-template-hash"),
                **mounted.place,
                "containers": [container],
                "volumes": [{"name": FRONT_PLACE.volume, "configMap": {"name": mounted.config_map}}],
            },
        },
    }


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
