"""Gateway hosts of a Kubernetes site: a Deployment for each declared gateway, spread over the site's buildings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components.access.envoy import SOCKET, TLS
from hosts.gateway.bundle import ENVOY, digest_of

if TYPE_CHECKING:
    from components.declaration.model import Gateway, KubernetesSite
    from components.kubernetes.network import NetworkSegmentation
    from components.site import SitePlan


BUNDLE: Final = "/etc/enclave/bundle"
GRANTS: Final = "/etc/enclave/grants"
RECORD: Final = "/var/lib/enclave/record"
DIGEST_ANNOTATION: Final = "enclave/bundle-digest"
DIGITS: Final = 16
"""Of the digest in the ConfigMap's name; the whole one is what the authorizer checks."""
_LOCKED_DOWN: Final = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


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
        account = k8s.core.v1.ServiceAccount(name, metadata=metadata, automount_service_account_token=False, opts=child)
        k8s.apps.v1.Deployment(
            name,
            metadata=metadata,
            spec=deployment_spec(
                declared,
                {**self.plan.labels(declared.segment), **selector},
                selector,
                Mounted(account.metadata.name.apply(str), bundle.metadata.name.apply(str), digest_of(files), gateway),
            ),
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


@dataclass(frozen=True)
class Mounted:
    """What a gateway's pods run with: service account, ConfigMap of the bundle, the bundle's digest, the gateway."""

    account: pulumi.Input[str]
    config_map: pulumi.Input[str]
    digest: str
    gateway: str


def bundle_name(gateway: str, digest: str) -> str:
    """Return the name of a bundle's ConfigMap: another bundle has another name, and pods of both can run meanwhile."""
    return f"{gateway}-{digest[:DIGITS]}"


def deployment_spec(declared: Gateway, labels: dict[str, str], selector: dict[str, str], mounted: Mounted) -> Any:
    """Return the specification of a gateway's Deployment."""
    return {
        "replicas": declared.replicas,
        "selector": {"matchLabels": selector},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1}},
        "template": {
            "metadata": {"labels": labels, "annotations": {DIGEST_ANNOTATION: mounted.digest}},
            "spec": pod_spec(declared, selector, mounted),
        },
    }


def pod_spec(declared: Gateway, selector: dict[str, str], mounted: Mounted) -> dict[str, Any]:
    """Return the pod of a gateway; it meets Pod Security ``restricted`` and stands in every building."""
    return {
        "serviceAccountName": mounted.account,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "hostNetwork": False,
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": selector},
                # Each revision by itself: pods that are about to go would push new ones into one building.
                "matchLabelKeys": ["pod-template-hash"],
            }
        ],
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65532,
            "runAsGroup": 65532,
            "fsGroup": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
            # A safe sysctl (Kubernetes, "Using sysctls"): who is nobody may listen where the segment's policy lets in.
            "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
        },
        "containers": [_envoy(declared), _authorizer(declared, mounted)],
        "volumes": [
            {"name": "bundle", "configMap": {"name": mounted.config_map}},
            {"name": "tls", "secret": {"secretName": f"{mounted.gateway}-tls", "defaultMode": 0o440}},
            {"name": "socket", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
            # Those who approve put grants there; without it nothing is granted.
            {"name": "grants", "configMap": {"name": f"{mounted.gateway}-grants", "optional": True}},
            {"name": "record", "emptyDir": {"sizeLimit": "4Gi"}},
        ],
    }


def _envoy(declared: Gateway) -> dict[str, Any]:
    return {
        "name": "envoy",
        "image": declared.image,
        "command": ["envoy", "--config-path", f"{BUNDLE}/{ENVOY}", "--disable-hot-restart"],
        "ports": [{"name": "gateway", "containerPort": declared.port, "protocol": "TCP"}],
        "readinessProbe": {"tcpSocket": {"port": "gateway"}},
        "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}},
        "securityContext": _LOCKED_DOWN,
        "volumeMounts": [
            {"name": "bundle", "mountPath": BUNDLE, "readOnly": True},
            {"name": "tls", "mountPath": TLS, "readOnly": True},
            {"name": "socket", "mountPath": str(PurePosixPath(SOCKET).parent)},
        ],
    }


def _authorizer(declared: Gateway, mounted: Mounted) -> dict[str, Any]:
    flags = {
        "bundle": BUNDLE,
        "digest": mounted.digest,
        "record": f"{RECORD}/record.jsonl",
        "checkpoint": f"{RECORD}/checkpoint",
        "grants": GRANTS,
        "alerts": f"{RECORD}/alerts.jsonl",
        "socket": SOCKET,
        "key": f"{TLS}/checkpoint.key",
    }
    return {
        "name": "authorizer",
        "image": declared.image,
        "command": ["enclave-gateway", "serve", *(f"--{flag}={value}" for flag, value in flags.items())],
        "readinessProbe": {"exec": {"command": ["enclave-gateway", "ready", "--socket", SOCKET]}},
        "resources": {"requests": {"cpu": "250m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "256Mi"}},
        "securityContext": _LOCKED_DOWN,
        "volumeMounts": [
            {"name": "bundle", "mountPath": BUNDLE, "readOnly": True},
            {"name": "tls", "mountPath": TLS, "readOnly": True},
            {"name": "socket", "mountPath": str(PurePosixPath(SOCKET).parent)},
            {"name": "record", "mountPath": RECORD},
            {"name": "grants", "mountPath": GRANTS, "readOnly": True},
        ],
    }
