"""Stand-in for the pods of a site's own watch: the real cluster makes them of the CronJob, and this runs what they say.

Its account's token and that for the receiver are made by the real API server, as a kubelet would ask for them; so RBAC
judges each look. Another command or another image than the approved one would run here too: what judges those is the
packs. Alerts go to the stand-in of the receiver, whatever host the pods name.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import subprocess
import sys
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from hosts.ending import await_end, hold_signals
from hosts.watch.starting import PROGRAM, WATCH
from sandbox.gateways.shipping import CREATED
from sandbox.services.gateways import FOLLOWED
from sandbox.services.kubernetes_api import KubernetesApi
from sandbox.services.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Mapping

PODS: Final = f"/api/v1/pods?labelSelector=app.kubernetes.io/name%3D{WATCH}"
LOOK: Final = 1.0
"""Seconds between two looks whether there is a pod."""
SECONDS: Final = 3600
_LOG = logging.getLogger(__name__)


class Runner:
    """Runs each pod once; of those that were there before it began, the newest."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options, self._folder = options, Path(options.folder)
        self._api = KubernetesApi(int(options.cluster), Path(options.pki))
        self._seen: set[str] = set()

    def look(self) -> None:
        """Run the newest pod that nobody ran. Raises OSError where the cluster does not answer."""
        try:
            found = (self._api.read(PODS) or {}).get("items", ())
        except HTTPException as error:
            raise OSError(f"the API server does not answer ({type(error).__name__})") from None
        own = [pod for pod in found if pod["metadata"]["labels"].get("enclave/site") == self._options.site]
        new = [pod for pod in own if pod["metadata"]["uid"] not in self._seen]
        self._seen |= {pod["metadata"]["uid"] for pod in new}
        if new:
            self._run(max(new, key=lambda pod: str(pod["metadata"]["creationTimestamp"])))
        (self._folder / FOLLOWED).touch()

    def _run(self, pod: Mapping[str, Any]) -> None:
        container = next(each for each in pod["spec"]["containers"] if PROGRAM in each.get("command", ()))
        account = self._folder / "account"
        account.mkdir(mode=0o700, exist_ok=True)
        shutil.copyfile(Path(self._options.pki) / "ca.crt", account / "ca.crt")
        self._token(pod, account / "token", None)
        self._token(pod, account / "receiver", self._options.audience)
        (self._folder / "host").write_text(pod["metadata"]["name"], encoding="ascii")
        done = subprocess.run(
            [sys.executable, "-P", "-m", "hosts.watch", *self._here(container["command"][1:], account)],
            env={**os.environ, "AWS_CA_BUNDLE": self._options.trusts, "SSL_CERT_FILE": self._options.trusts},
            timeout=SECONDS,
            check=False,
            capture_output=True,
            text=True,
        )
        _LOG.info("%s: exit %s\n%s%s", pod["metadata"]["name"], done.returncode, done.stdout, done.stderr)

    def _here(self, flags: list[str], account: Path) -> list[str]:
        """Return a pod's flags as they are on this machine: other hosts and folders, nothing else."""
        said = dict(flag.removeprefix("--").partition("=")[::2] for flag in flags)
        here = {
            "from": self._options.to,
            "token": account / "receiver",
            "host-file": self._folder / "host",
            "alert": f"https://{urlsplit(self._options.to).netloc}{urlsplit(said.get('alert', '')).path or '/alerts'}",
            "key": self._folder / Path(said.get("key", "")).name,
            "account": account,
            "server": f"https://{LOOPBACK}:{self._options.cluster}",
        }
        return [f"--{name}={value}" for name, value in {**said, **here}.items()]

    def _token(self, pod: Mapping[str, Any], file: Path, audience: str | None) -> None:
        metadata, account = pod["metadata"], pod["spec"].get("serviceAccountName", "default")
        bound = {"kind": "Pod", "apiVersion": "v1", "name": metadata["name"], "uid": metadata["uid"]}
        spec = {"audiences": [audience] if audience else [], "expirationSeconds": SECONDS, "boundObjectRef": bound}
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
        path = f"/api/v1/namespaces/{metadata['namespace']}/serviceaccounts/{account}/token"
        status, text = self._api.request("POST", path, body)
        if status != CREATED:
            raise OSError(f"the API server makes no token for {metadata['name']}: {text[:200]}")
        file.touch(mode=0o600)
        file.write_text(json.loads(text)["status"]["token"], encoding="ascii")


def main() -> None:
    """Run pods until a signal comes."""
    parser = argparse.ArgumentParser(prog="watching")
    for name in ("folder", "site", "to", "trusts", "audience", "cluster", "pki"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    hold_signals()
    (Path(options.folder) / FOLLOWED).unlink(missing_ok=True)
    runner = Runner(options)
    while True:
        try:
            runner.look()
        except (OSError, HTTPException, ValueError, StopIteration, subprocess.SubprocessError) as error:
            _LOG.error("a pod of the watch was not run: %s", error)
        if await_end(LOOK):
            return


if __name__ == "__main__":
    main()
