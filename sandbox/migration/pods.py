"""Stand-in for the kubelet of workers' pods: the real cluster makes them of the Job, and this runs what they say.

It is told their settings and keys by the real API server, as a kubelet would ask for them, and tells it how each pod
ended; so the real controllers try again what failed. Stores are stand-ins, whatever hosts the pods name.
"""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64decode
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from hosts.wave.starting import (
    CREDENTIALS,
    CREDENTIALS_FILE,
    INDEX,
    PROGRAM,
    SETTINGS,
    SETTINGS_FILE,
    WAVE,
    read_settings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sandbox.services.kubernetes_api import KubernetesApi

PODS: Final = f"/api/v1/pods?labelSelector=app.kubernetes.io/name%3D{WAVE}"
NUMBER: Final = "batch.kubernetes.io/job-completion-index"
OK: Final = 200


@dataclass
class Ran:
    """A pod that runs or ran: which index it does, its process, and how it ended."""

    pod: Mapping[str, Any]
    index: int
    process: subprocess.Popen[bytes]
    code: int | None = None


@dataclass
class Pods:
    """Runs each pod once. ``stores``: the host of a store → the URL of its stand-in; ``copier``: rclone."""

    api: KubernetesApi
    folder: Path
    stores: Mapping[str, str]
    copier: Path
    ran: dict[str, Ran] = field(default_factory=dict)

    def look(self) -> None:
        """Start what is new, and tell the cluster what has ended. Raises OSError where it does not answer."""
        for pod in (self.api.read(PODS) or {}).get("items", ()):
            uid = pod["metadata"]["uid"]
            if uid not in self.ran and pod["status"].get("phase") == "Pending":
                self.ran[uid] = self._started(pod)
                self._tell(pod, {"phase": "Running"})
        for one in self.ran.values():
            if one.code is None and (code := one.process.poll()) is not None:
                one.code = code if code >= 0 else 128 - code  # as a shell and a kubelet tell a signal
                self._tell(one.pod, _ended(one.pod, one.code))

    def end(self) -> None:
        """Kill what still runs."""
        for one in self.ran.values():
            one.process.kill()
            one.process.wait()

    def _started(self, pod: Mapping[str, Any]) -> Ran:
        (container,) = pod["spec"]["containers"]
        if container["command"][0] != PROGRAM or INDEX not in (each["name"] for each in container.get("env", ())):
            raise OSError(f"pod {pod['metadata']['name']} is no worker of an Indexed Job")
        own = self.folder / pod["metadata"]["name"]
        (own / "scratch").mkdir(parents=True)
        said = dict(word.removeprefix("--").split("=", 1) for word in container["command"][1:])
        settings = read_settings(self._held(pod, SETTINGS.volume, SETTINGS_FILE), said["digest"])
        here = replace(settings, source=self._here(settings.source), target=self._here(settings.target))
        (own / SETTINGS_FILE).write_text(here.content, encoding="utf-8")
        (own / CREDENTIALS_FILE).write_text(self._held(pod, CREDENTIALS.volume, CREDENTIALS_FILE), encoding="utf-8")
        flags = {
            "settings": own / SETTINGS_FILE,
            "digest": here.digest,
            "credentials": own / CREDENTIALS_FILE,
            "scratch": own / "scratch",
            "rclone": self.copier,
        }
        index = int(pod["metadata"]["annotations"][NUMBER])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        with (own / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "hosts.wave", *(f"--{name}={value}" for name, value in flags.items())],
                env={**kept, INDEX: str(index)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return Ran(pod, index, process)

    def _here(self, end: tuple[str, str]) -> tuple[str, str]:
        """Return an end of a wave with the URL of its stand-in."""
        site, url = end
        return site, self.stores[str(urlsplit(url).hostname)]

    def _held(self, pod: Mapping[str, Any], volume: str, file: str) -> str:
        """Return a file of a pod's ConfigMap or Secret."""
        (found,) = (each for each in pod["spec"]["volumes"] if each["name"] == volume)
        secret = "secret" in found
        kind, name = (
            ("secrets", found["secret"]["secretName"]) if secret else ("configmaps", found["configMap"]["name"])
        )
        held = self.api.read(f"/api/v1/namespaces/{pod['metadata']['namespace']}/{kind}/{name}")
        if held is None or file not in held.get("data", {}):
            raise OSError(f"{kind} {name} has no {file}, so a kubelet would not start the pod")
        return b64decode(held["data"][file]).decode() if secret else str(held["data"][file])

    def _tell(self, pod: Mapping[str, Any], status: Mapping[str, Any]) -> None:
        metadata = pod["metadata"]
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/status"
        kind = "application/strategic-merge-patch+json"
        code, text = self.api.request("PATCH", path, {"status": status}, kind=kind)
        if code != OK:
            raise OSError(f"the API server does not take the status of {metadata['name']}: {text[:300]}")


def _ended(pod: Mapping[str, Any], code: int) -> dict[str, Any]:
    (container,) = pod["spec"]["containers"]
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    ended = {"exitCode": code, "reason": "Error" if code else "Completed", "startedAt": now, "finishedAt": now}
    told = {
        "name": container["name"],
        "image": container["image"],
        "imageID": "",
        "ready": False,
        "restartCount": 0,
        "state": {"terminated": ended},
    }
    return {"phase": "Failed" if code else "Succeeded", "containerStatuses": [told]}
