"""The watch of a site of our own that runs by itself: a CronJob whose account looks where the inspector looks.

What it measures by comes from the inspector's receiver, which hears of each run. The cluster's operator can suspend it;
then the receiver hears no more, and the inspector's own watch says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components.declaration.connections import api_server_ports
from components.declaration.physical import namespace_name
from components.kubernetes.access import role_ref
from components.kubernetes.pods import LOCKED_DOWN, UNPRIVILEGED, only_in, starting
from components.kubernetes.receiver import host_aliases, watch_start
from hosts.gateway.starting import PROJECTED, RECEIVER, SECRET, receiver_token
from hosts.watch.starting import ACCOUNT, KEY, WATCH, Scheduled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.declaration.connections import Watched
    from components.declaration.model import Inspector, KubernetesSite
    from components.declaration.model import Watch as Declared
    from components.site import SitePlan

ROLE: Final = "inspector"
"""The role by which the inspector looks into a namespace."""
START_WITHIN: Final = 60
"""Seconds after which a run that could not begin is left out: the next one looks at the same."""
LONGEST: Final = 300
"""Seconds that one run may take; of runs each minute less, as two never run at once."""
HISTORY: Final = 3
"""Runs that the cluster keeps to look at, good ones and bad ones; the receiver has all."""


@dataclass(frozen=True)
class ScheduledWatchArgs:
    """What it is built from: the site, the inspector, its watch, and the inspector's roles by the segment or place.

    ``behind``: what must stand before its pods do.
    """

    plan: SitePlan[KubernetesSite]
    inspector: Inspector
    declared: Declared
    watched: Watched
    roles: Mapping[str, k8s.rbac.v1.Role]
    behind: Sequence[pulumi.Resource]


class ScheduledWatch(pulumi.ComponentResource):
    """The CronJob, its account, what the account may look at, and the way to API server and receiver."""

    def __init__(self, name: str, args: ScheduledWatchArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:kubernetes:ScheduledWatch", name, None, opts)
        self.args, self.plan, self.name = args, args.plan, f"{args.plan.name}-{WATCH}"
        self.segment = args.declared.segment
        self.namespace = namespace_name(self.plan.declaration, self.segment)
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.behind))
        account = k8s.core.v1.ServiceAccount(
            self.name, metadata=self._metadata(ACCOUNT), automount_service_account_token=False, opts=child
        )
        for at, role in args.roles.items():
            self._looks(at, role)
        way = k8s.networking.v1.NetworkPolicy(
            self.name, metadata=self._metadata(WATCH), spec=way_policy(self.plan, args.watched), opts=child
        )
        start = watch_start(self.plan.name, args.watched, args.inspector, args.declared)
        k8s.batch.v1.CronJob(
            self.name,
            metadata=self._metadata(WATCH, **SELECTOR),
            spec=cron_job_spec(self.plan, args.declared, start),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[account, way]),
        )
        self.register_outputs({})

    def _metadata(self, name: str, **labels: str) -> k8s.meta.v1.ObjectMetaArgs:
        own = {**self.plan.labels(self.segment), **labels}
        return k8s.meta.v1.ObjectMetaArgs(name=name, namespace=self.namespace, labels=own)

    def _looks(self, at: str, role: k8s.rbac.v1.Role) -> None:
        """Bind the account to the inspector's role of a segment, or of the place where the resolver is."""
        own = at in self.plan.declaration.segments
        metadata = k8s.meta.v1.ObjectMetaArgs(
            name=WATCH if own else f"{self.namespace}-{WATCH}",
            namespace=namespace_name(self.plan.declaration, at) if own else at,
            labels=self.plan.labels(at if own else None),
        )
        k8s.rbac.v1.RoleBinding(
            f"{self.name}-{at}",
            metadata=metadata,
            role_ref=role_ref(role),
            subjects=[k8s.rbac.v1.SubjectArgs(kind="ServiceAccount", name=ACCOUNT, namespace=self.namespace)],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )


SELECTOR: Final = {"app.kubernetes.io/name": WATCH}


def watch_declared(plan: SitePlan[KubernetesSite], inspector: Inspector) -> dict[str, Any]:
    """Return what the watch must be, as plain data that every judge of the stack can read; {} where there is none."""
    if inspector.watch is None or plan.watch is None:
        return {}
    start = watch_start(plan.name, plan.watch, inspector, inspector.watch)
    namespace = namespace_name(plan.declaration, inspector.watch.segment)
    return {"watch": {"namespace": namespace, "minutes": start.minutes, "alerts": start.alerts}}


def way_policy(plan: SitePlan[KubernetesSite], watched: Watched) -> Any:
    """Return the policy that lets the watch's pods out to the receiver and to the site's API servers, nowhere else.

    API servers have addresses of the site that belong to no segment and to no store.
    """
    others = list(map(str, plan.beside_api_servers))
    asked = [{"protocol": "TCP", "port": port} for port in api_server_ports]
    told = [{"protocol": "TCP", "port": port} for port in watched.ports]
    return {
        "podSelector": {"matchLabels": SELECTOR},
        "policyTypes": ["Egress"],
        "egress": [
            {"to": [{"ipBlock": {"cidr": str(plan.site.cidr), "except": others}}], "ports": asked},
            {"to": [{"ipBlock": {"cidr": f"{watched.receiver.address}/32"}}], "ports": told},
        ],
    }


def cron_job_spec(plan: SitePlan[KubernetesSite], declared: Declared, start: Scheduled) -> Any:
    """Return the specification of the CronJob: one run at a time, and none that goes on for ever."""
    labels = {**plan.labels(declared.segment), **SELECTOR}
    return {
        "schedule": start.schedule,
        "suspend": False,
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": START_WITHIN,
        "successfulJobsHistoryLimit": HISTORY,
        "failedJobsHistoryLimit": HISTORY,
        "jobTemplate": {
            "metadata": {"labels": labels},
            "spec": {
                "activeDeadlineSeconds": min(LONGEST, start.minutes * 60 - 10),
                "backoffLimit": 0,  # the next run looks at the same
                "template": {"metadata": {"labels": labels}, "spec": pod_spec(plan, declared, start)},
            },
        },
    }


def pod_spec(plan: SitePlan[KubernetesSite], declared: Declared, start: Scheduled) -> dict[str, Any]:
    """Return the pod of one run; it meets Pod Security ``restricted`` and sees one Secret, the key that signs."""
    container = {
        **starting(start.program),
        "image": declared.image,
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
        "securityContext": LOCKED_DOWN,
    }
    return {
        "serviceAccountName": ACCOUNT,
        "automountServiceAccountToken": True,  # it asks the API server
        "enableServiceLinks": False,
        "hostNetwork": False,
        "restartPolicy": "Never",
        "securityContext": UNPRIVILEGED,
        **only_in(plan),
        "hostAliases": host_aliases(plan),
        "containers": [container],
        "volumes": [
            {"name": RECEIVER.volume, PROJECTED: receiver_token(start.to)},
            {"name": KEY.volume, SECRET: {"secretName": KEY.volume, "defaultMode": 0o440}},
        ],
    }
