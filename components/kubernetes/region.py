"""A site on a Kubernetes cluster of our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi

from components.declaration.connections import wave_jobs
from components.kubernetes.access import Grant, grant, operator_rules
from components.kubernetes.admission import AdmissionGuardrail, AdmissionGuardrailArgs
from components.kubernetes.gateway import GatewayHosts, GatewayHostsArgs
from components.kubernetes.inspection import Inspection, InspectionArgs
from components.kubernetes.keys import KeyManagement, KeyManagementArgs
from components.kubernetes.network import NetworkSegmentation, NetworkSegmentationArgs
from components.kubernetes.provider import kubernetes_provider
from components.kubernetes.wave_job import WaveJobArgs, WaveWorkers
from components.protection import inside

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pulumi_kubernetes as k8s

    from components.clouds import ClusterAccess
    from components.declaration.model import KubernetesSite
    from components.guardrails import Document
    from components.site import SitePlan


@dataclass(frozen=True)
class KubernetesRegionArgs:
    """What a site is built from: its plan, the declared cluster and the admission policies with their bindings."""

    plan: SitePlan[KubernetesSite]
    cluster: ClusterAccess
    admission: Sequence[tuple[Document, Document]]


class KubernetesRegion(pulumi.ComponentResource):
    """A site whose segments are namespaces of one cluster, all made by one provider bound to that cluster."""

    def __init__(self, name: str, args: KubernetesRegionArgs, opts: pulumi.ResourceOptions) -> None:
        provider = kubernetes_provider(name, args.cluster, pulumi.ResourceOptions(parent=opts.parent))
        merged = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(providers=[provider]))
        super().__init__("enclave:kubernetes:EnclaveRegion", name, None, merged)
        plan = args.plan
        guardrail = AdmissionGuardrail(
            f"{name}-admission", AdmissionGuardrailArgs(plan, args.admission), pulumi.ResourceOptions(parent=self)
        )
        child = pulumi.ResourceOptions(parent=self)
        network = NetworkSegmentation(f"{name}-network", NetworkSegmentationArgs(plan, guardrail.bindings), child)
        keys = KeyManagement(f"{name}-keys", KeyManagementArgs(plan, network), child)
        inspector = plan.declaration.inspector
        groups = inspector.principals.kubernetes.groups if inspector and inspector.principals.kubernetes else None
        shippers: dict[str, k8s.core.v1.ServiceAccount] = {}
        if inspector and groups is not None:
            args_of_it = InspectionArgs(plan, inspector, groups, network)
            shippers = Inspection(f"{name}-inspection", args_of_it, child).shippers
        gateways = GatewayHosts(f"{name}-gateways", GatewayHostsArgs(plan, network, shippers), child)
        for wave, (declared, job) in wave_jobs(plan.declaration, name).items():
            workers = WaveJobArgs(plan, wave, declared, job, network.isolation[job.segment])
            WaveWorkers(f"{name}-wave-{wave}", workers, child)
        for segment, namespace in network.namespaces.items():
            grant(plan, Grant(segment, "operators", operator_rules, plan.site.operators), inside(namespace))
        self.summary: dict[str, Any] = {
            "cluster_ca_sha256": args.cluster.ca_sha256,
            "cluster_server": args.cluster.server,
            "endpoints": {"gateways": gateways.endpoints},
            "keys": keys.secrets,
            "segments": network.segment_table(),
        }
        self.register_outputs(self.summary)
