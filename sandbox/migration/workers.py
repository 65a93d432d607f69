"""Workers of a wave on a real API server: the Job that the component declares, its pods run by a stand-in of a kubelet.

Account, policy, settings and Job are put there as the component says them. Nothing places or plays pods in this cluster
but the stand-in, so a part is done when a worker did it.
"""

from __future__ import annotations

import json
import os
import signal
import time
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from components.declaration.physical import namespace_name
from components.kubernetes.pods import bundle_name
from components.kubernetes.wave_job import WaveJobArgs, job_spec, selector, settings_of, way_policy
from components.site import SitePlan
from hosts.wave.starting import CREDENTIALS_FILE, SETTINGS_FILE, called, credentials_name
from sandbox.migration.declared import SOURCE, STORAGE
from sandbox.migration.pods import Pods

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from components.declaration import Declaration
    from sandbox.migration.stand_ins import Storages
    from sandbox.services.kubernetes_api import KubernetesApi

CREATED, THERE = 201, 409
LOOK: Final = 0.1
PATIENCE: Final = 600.0
"""Seconds after which workers count as stuck: a store's stand-in and a machine of few cores take their time."""


@dataclass(frozen=True)
class Shown:
    """What became of a Job: its status as the cluster tells it, and how often each index ran."""

    status: dict[str, Any]
    runs: dict[int, list[int | None]]


@dataclass(frozen=True)
class Cluster:
    """A cluster with nothing but an API server and controllers; ``folder`` holds what pods see."""

    api: KubernetesApi
    folder: Path

    def put(self, declaration: Declaration, wave: str, profiles: str) -> str:
        """Create what the workers of a planned wave are made of, and return the path of their Job.

        ``profiles``: what custodians put into the Secret. Raises OSError where the API server refuses something.
        """
        declared = declaration.waves[wave]
        site: Any = declaration.sites[declared.to]
        plan: SitePlan[Any] = SitePlan(declared.to, site, declaration)
        job = declared.job
        if job is None or job.plan is None:
            raise OSError(f"wave '{wave}' is not planned")
        args = WaveJobArgs(plan, wave, declared, job, ())
        settings = settings_of(wave, declared, job)
        own, space = bundle_name(called(wave), settings.digest), namespace_name(declaration, job.segment)
        labels = {**plan.labels(job.segment), **selector(wave)}
        self._namespace(space)
        inside = f"/namespaces/{space}"
        self._create(f"/api/v1{inside}/serviceaccounts", _object("v1", "ServiceAccount", called(wave), labels))
        policy = _object("networking.k8s.io/v1", "NetworkPolicy", called(wave), labels, spec=way_policy(wave, job))
        self._create(f"/apis/networking.k8s.io/v1{inside}/networkpolicies", policy)
        keys = {CREDENTIALS_FILE: b64encode(profiles.encode()).decode()}
        self._create(f"/api/v1{inside}/secrets", _object("v1", "Secret", credentials_name(wave), labels, data=keys))
        held = _object("v1", "ConfigMap", own, labels, data={SETTINGS_FILE: settings.content}, immutable=True)
        self._create(f"/api/v1{inside}/configmaps", held)
        made = _object("batch/v1", "Job", own, labels, spec=job_spec(args, settings, own))
        self._create(f"/apis/batch/v1{inside}/jobs", made)
        return f"/apis/batch/v1{inside}/jobs/{own}"

    def work(self, job: str, both: Storages, kills: frozenset[int], begun: Callable[[], bool]) -> Shown:
        """Run the Job's pods until the cluster calls it over.

        SIGKILL meets the first run of each index in ``kills``, once something was copied. Raises TimeoutError, OSError.
        """
        pods = Pods(self.api, self.folder, {SOURCE[0]: both.aws, STORAGE[0]: both.ours}, both.copier)
        until, killed = time.monotonic() + PATIENCE, set[int]()
        try:
            while True:
                pods.look()
                for one in pods.ran.values():
                    if one.index in kills - killed and one.code is None and begun():
                        os.killpg(one.process.pid, signal.SIGKILL)
                        killed.add(one.index)
                status = self.api.read(job)["status"]
                if any(each["status"] == "True" for each in status.get("conditions", ()) if each["type"] in _OVER):
                    break
                if time.monotonic() > until:
                    raise TimeoutError(f"the Job is not over after {PATIENCE:.0f} s: {json.dumps(status)}")
                time.sleep(LOOK)
        finally:
            pods.end()
        runs: dict[int, list[int | None]] = {}
        for one in pods.ran.values():
            runs.setdefault(one.index, []).append(one.code)
        return Shown(status, runs)

    def _namespace(self, name: str) -> None:
        security = {"pod-security.kubernetes.io/enforce": "restricted"}
        self._create("/api/v1/namespaces", _object("v1", "Namespace", name, security))

    def _create(self, path: str, body: dict[str, Any]) -> None:
        code, text = self.api.request("POST", path, body)
        if code not in (CREATED, THERE):
            raise OSError(f"the API server does not take {body['kind']} {body['metadata']['name']}: {text[:500]}")


_OVER: Final = ("Complete", "Failed")


def _object(version: str, kind: str, name: str, labels: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "labels": labels}, **more}
