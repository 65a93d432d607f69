"""Gateway hosts of a Kubernetes site: a Deployment for each declared gateway, spread over the site's buildings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_kubernetes as k8s

if TYPE_CHECKING:
    from components.declaration.model import Gateway, KubernetesSite
    from components.kubernetes.network import NetworkSegmentation
    from components.site import SitePlan


@dataclass(frozen=True)
class GatewayHostsArgs:
    """What a site's gateway hosts are built from."""

    plan: SitePlan[KubernetesSite]
    network: NetworkSegmentation


class GatewayHosts(pulumi.ComponentResource):
    """The pods of every declared gateway: by digest, without root, capabilities, service account or writable root."""

    def __init__(self, name: str, args: GatewayHostsArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:kubernetes:GatewayHosts", name, None, opts)
        self.args = args
        self.plan = args.plan
        self.endpoints = {
            gateway: self._gateway(gateway, declared) for gateway, declared in self.plan.declaration.gateways.items()
        }
        self.register_outputs({"endpoints": self.endpoints})

    def _gateway(self, gateway: str, declared: Gateway) -> pulumi.Output[str]:
        """Create one gateway; return its address as HOST:PORT."""
        namespace = self.args.network.namespaces[declared.segment]
        name = f"{self.plan.name}-{gateway}"
        child = pulumi.ResourceOptions(parent=self)
        selector = {"app.kubernetes.io/name": "gateway", "app.kubernetes.io/instance": gateway}
        metadata = k8s.meta.v1.ObjectMetaArgs(
            name=gateway,
            namespace=namespace.metadata.name,
            labels={**self.plan.labels(declared.segment), **selector},
        )
        account = k8s.core.v1.ServiceAccount(name, metadata=metadata, automount_service_account_token=False, opts=child)
        k8s.apps.v1.Deployment(
            name,
            metadata=metadata,
            spec=deployment_spec(declared, {**self.plan.labels(declared.segment), **selector}, selector, account),
            opts=child,
        )
        k8s.policy.v1.PodDisruptionBudget(
            name,
            metadata=metadata,
            spec=k8s.policy.v1.PodDisruptionBudgetSpecArgs(
                max_unavailable=1, selector=k8s.meta.v1.LabelSelectorArgs(match_labels=selector)
            ),
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
        return pulumi.Output.concat(
            service.metadata.name.apply(str),
            ".",
            service.metadata.namespace.apply(str),
            f".svc.cluster.local:{declared.port}",
        )


def deployment_spec(
    declared: Gateway, labels: dict[str, str], selector: dict[str, str], account: k8s.core.v1.ServiceAccount
) -> Any:
    """Return the specification of a gateway's Deployment."""
    return {
        "replicas": declared.replicas,
        "selector": {"matchLabels": selector},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1}},
        "template": {
            "metadata": {"labels": labels},
            "spec": pod_spec(declared, selector, account.metadata.name.apply(str)),
        },
    }


def pod_spec(declared: Gateway, selector: dict[str, str], account: pulumi.Input[str]) -> dict[str, Any]:
    """Return the pod of a gateway; it meets Pod Security ``restricted`` and stands in every building."""
    return {
        "serviceAccountName": account,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "hostNetwork": False,
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": selector},
            }
        ],
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65532,
            "runAsGroup": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "gateway",
                "image": declared.image,
                "ports": [{"name": "gateway", "containerPort": declared.port, "protocol": "TCP"}],
                "readinessProbe": {"tcpSocket": {"port": "gateway"}},
                "resources": {
                    "requests": {"cpu": "250m", "memory": "256Mi"},
                    "limits": {"cpu": "1", "memory": "512Mi"},
                },
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
            }
        ],
    }
