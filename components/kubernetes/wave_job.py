"""The workers of a wave on a site of our own: an Indexed Job that copies one part for each index, and nothing else.

They have an account without rights, a policy that names two addresses, and settings that nobody changes. What their
command is, and which settings it insists on, `hosts.wave.starting` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components.declaration.physical import namespace_name
from components.kubernetes.pods import LOCKED_DOWN, UNPRIVILEGED, bundle_name, only_in, starting
from hosts.wave.starting import (
    BAD,
    CONFLICT,
    CREDENTIALS,
    LABEL,
    SCRATCH,
    SETTINGS,
    SETTINGS_FILE,
    WAVE,
    Settings,
    called,
    credentials_name,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.declaration.model import KubernetesSite, StoreAddress, Wave, WaveJob
    from components.site import SitePlan

RETRIES: Final = 3
"""How often one index is tried again, before the others' word is all that there is."""
INDEXED: Final = "Indexed"


@dataclass(frozen=True)
class WaveJobArgs:
    """What it is built from: the site's plan, the wave's name and declaration, and what must stand before pods do."""

    plan: SitePlan[KubernetesSite]
    name: str
    wave: Wave
    job: WaveJob
    behind: Sequence[pulumi.Resource]


class WaveWorkers(pulumi.ComponentResource):
    """Account, policy, settings and Job of one wave; nothing but account and policy before it is planned."""

    def __init__(self, name: str, args: WaveJobArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:kubernetes:WaveWorkers", name, told(args), opts)
        self.args = args
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.behind))
        account = k8s.core.v1.ServiceAccount(
            name, metadata=self._metadata(called(args.name)), automount_service_account_token=False, opts=child
        )
        way = k8s.networking.v1.NetworkPolicy(
            name, metadata=self._metadata(called(args.name)), spec=way_policy(args.name, args.job), opts=child
        )
        if args.job.plan is not None:
            self._job(name, settings_of(args.name, args.wave, args.job), [account, way])
        self.register_outputs({})

    def _job(self, name: str, settings: Settings, behind: list[pulumi.Resource]) -> None:
        """Other settings, and so another plan, make another ConfigMap and another Job: neither is ever changed."""
        own = bundle_name(called(self.args.name), settings.digest)
        held = k8s.core.v1.ConfigMap(
            f"{name}-settings",
            metadata=self._metadata(own),
            data={SETTINGS_FILE: settings.content},
            immutable=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=behind),
        )
        # An `up` does not wait for the data: `enclave wave run` tells how far the workers are.
        k8s.batch.v1.Job(
            name,
            metadata=self._metadata(own, annotations={"pulumi.com/skipAwait": "true"}),
            spec=job_spec(self.args, settings, own),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[held]),
        )

    def _metadata(self, called_: str, annotations: dict[str, str] | None = None) -> k8s.meta.v1.ObjectMetaArgs:
        plan, segment = self.args.plan, self.args.job.segment
        return k8s.meta.v1.ObjectMetaArgs(
            name=called_,
            namespace=namespace_name(plan.declaration, segment),
            labels={**plan.labels(segment), **selector(self.args.name)},
            annotations=annotations,
        )


def selector(wave: str) -> dict[str, str]:
    """Return the labels by which a wave's workers are known."""
    return {"app.kubernetes.io/name": WAVE, LABEL: wave}


def settings_of(name: str, wave: Wave, job: WaveJob) -> Settings:
    """Return what the workers of a planned wave are told."""
    ends = (wave.from_, url_of(job.source)), (wave.to, url_of(job.storage))
    limits = wave.limits.model_dump()
    return Settings(name, *ends, dict(wave.buckets), job.journal, job.plan or "", limits)


def url_of(store: StoreAddress) -> str:
    """Return a store's address as workers take it."""
    return f"https://{store.host}:{store.port}"


def way_policy(wave: str, job: WaveJob) -> Any:
    """Return the policy that lets workers out to the source's endpoint and to the site's own store, nowhere else."""
    rules = [
        {
            "to": [{"ipBlock": {"cidr": f"{each.address}/32"}}],
            "ports": [{"protocol": "TCP", "port": each.port}],
        }
        for each in (job.source, job.storage)
    ]
    return {
        "podSelector": {"matchLabels": selector(wave)},
        "policyTypes": ["Ingress", "Egress"],
        "egress": rules,
    }


def job_spec(args: WaveJobArgs, settings: Settings, config_map: str) -> Any:
    """Return the specification of the Job: each index by itself, tried again where a store or a node failed."""
    labels = {**args.plan.labels(args.job.segment), **selector(args.name)}
    conflict = {"containerName": WAVE, "operator": "In", "values": [CONFLICT, BAD]}
    return {
        "completionMode": INDEXED,
        "completions": settings.parts,
        "parallelism": min(args.wave.limits.workers, settings.parts),
        "backoffLimitPerIndex": RETRIES,
        "podReplacementPolicy": "Failed",  # never two workers on one part
        # Other data at the target, or another plan, is somebody's to decide: to try again changes nothing.
        "podFailurePolicy": {"rules": [{"action": "FailIndex", "onExitCodes": conflict}]},
        "suspend": False,
        "template": {"metadata": {"labels": labels}, "spec": pod_spec(args, settings, config_map)},
    }


def pod_spec(args: WaveJobArgs, settings: Settings, config_map: str) -> dict[str, Any]:
    """Return the pod of one worker; it meets Pod Security ``restricted`` and sees the keys of two stores."""
    container = {
        **starting(settings.program),
        "image": args.job.image,
        "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "2", "memory": "1Gi"}},
        "securityContext": LOCKED_DOWN,
    }
    return {
        "serviceAccountName": called(args.name),
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "hostNetwork": False,
        "restartPolicy": "Never",
        "securityContext": UNPRIVILEGED,
        **only_in(args.plan),
        "hostAliases": host_aliases(args.job),
        "containers": [container],
        "volumes": [
            {"name": SETTINGS.volume, "configMap": {"name": config_map}},
            {"name": CREDENTIALS.volume, "secret": {"secretName": credentials_name(args.name), "defaultMode": 0o440}},
            {"name": SCRATCH.volume, "emptyDir": {"medium": "Memory", "sizeLimit": "256Mi"}},
        ],
    }


def host_aliases(job: WaveJob) -> list[dict[str, Any]]:
    """Return how workers find both stores: the cluster's resolver asks nobody outside."""
    return [{"ip": str(each.address), "hostnames": [each.host]} for each in (job.source, job.storage)]


def told(args: WaveJobArgs) -> dict[str, Any]:
    """Return what the workers must be, as plain data that every judge of the stack can read."""
    job = args.job
    return {
        "site": args.plan.name,
        "wave": args.name,
        "namespace": namespace_name(args.plan.declaration, job.segment),
        "image": job.image,
        "stores": [
            {"host": each.host, "address": str(each.address), "port": each.port} for each in (job.source, job.storage)
        ],
        **({"settings": settings_of(args.name, args.wave, job).content} if job.plan else {}),
    }
