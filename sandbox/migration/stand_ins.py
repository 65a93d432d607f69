"""Stand-ins for storages: moto for that of sites in AWS, versitygw before a folder for that of a site of our own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from hosts.wave.store import Store, keep_order
from sandbox.services.ports import LOOPBACK, choose
from sandbox.services.service import answers
from sandbox.toolchain import on_demand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sandbox.toolchain.progress import Progress

AWS: Final = "aws-stand-in"
OURS: Final = "own-storage-stand-in"
_KEY: Final = "standin"
_SECRET: Final = "standin-secret"  # noqa: S105 (of stand-ins alone)
_PATIENCE: Final = 60.0


@dataclass(frozen=True)
class Storages:
    """The addresses of both stand-ins, and the copier."""

    aws: str
    ours: str
    copier: Path

    def client(self, url: str, region: str) -> Any:
        """Return a client of one of them."""
        return keep_order(
            boto3.client(
                "s3",
                endpoint_url=url,
                region_name=region,
                aws_access_key_id=_KEY,
                aws_secret_access_key=_SECRET,
                config=Config(max_pool_connections=64, s3={"addressing_style": "path"}),
            )
        )

    def store(self, site: str, bucket: str, region: str, *, ours: bool = False) -> Store:
        """Return a bucket on one of them."""
        url = self.ours if ours else self.aws
        copier = {
            "provider": "Other",
            "endpoint": url,
            "region": region,
            "access_key_id": _KEY,
            "secret_access_key": _SECRET,
            "force_path_style": "true",
        }
        return Store(site, bucket, self.client(url, region), copier, files=ours)

    def profiles(self, regions: Mapping[str, str], own: str) -> str:
        """Return the AWS configuration file with a profile for each site; ``own`` is the site of our own."""
        return "".join(
            profile(site, region, self.ours if site == own else self.aws) for site, region in regions.items()
        )


def profile(site: str, region: str, url: str) -> str:
    """Return a profile of an AWS configuration file, which leads to a stand-in."""
    return (
        f"[profile {site}]\nregion = {region}\nendpoint_url = {url}\n"
        f"aws_access_key_id = {_KEY}\naws_secret_access_key = {_SECRET}\ns3 =\n  addressing_style = path\n\n"
    )


class FolderStore:
    """versitygw before a folder: a stand-in for a store that can be killed, and has its data when it is back."""

    def __init__(self, program: Path, folder: Path, port: int, region: str = "us-east-1") -> None:
        """Nothing runs before `start`; ``folder`` is made."""
        self.url = f"http://{LOOPBACK}:{port}"
        self.port = port
        self._folder = folder
        (folder / "objects").mkdir(parents=True, exist_ok=True)
        (folder / "versions").mkdir(exist_ok=True)
        self._command = [
            str(program), "--port", f"{LOOPBACK}:{port}", "--region", region, "--quiet", "--health", "/health",
            "posix", "--versioning-dir", str(folder / "versions"), str(folder / "objects"),
        ]  # fmt: skip
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The number of its process, None where there is none."""
        return self._running.pid if self._running else None

    def start(self) -> None:
        """Start it, and wait until it answers. Raises TimeoutError."""
        own = {"ROOT_ACCESS_KEY": _KEY, "ROOT_SECRET_KEY": _SECRET}
        with (self._folder / "log").open("ab") as log:
            self._running = subprocess.Popen(
                self._command, env={**os.environ, **own}, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        _wait(self.port, "/health")

    def kill(self) -> None:
        """Kill it, and wait until it is gone."""
        if self._running:
            self._running.kill()
            self._running.wait()
            self._running = None


@contextlib.contextmanager
def storages(folder: Path, progress: Progress) -> Iterator[Storages]:
    """Run both stand-ins with their data below ``folder`` until the block ends."""
    copier, gateway = on_demand.copier(progress), on_demand.storage(progress)
    ports = choose((AWS, OURS), {}, ())
    folder.mkdir(parents=True, exist_ok=True)
    ours = FolderStore(gateway, folder / OURS, ports[OURS])
    command = [sys.executable, "-P", "-m", "sandbox.services.moto_server", LOOPBACK, str(ports[AWS])]
    with contextlib.ExitStack() as stack:
        log = stack.enter_context((folder / f"{AWS}.log").open("wb"))
        started = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        stack.callback(started.wait)
        stack.callback(started.kill)
        stack.callback(ours.kill)
        ours.start()
        _wait(ports[AWS], "/moto-api/")
        yield Storages(f"http://{LOOPBACK}:{ports[AWS]}", ours.url, copier)


def _wait(port: int, path: str) -> None:
    until = time.monotonic() + _PATIENCE
    while not answers(port, path):
        if time.monotonic() > until:
            raise TimeoutError(f"what should listen on port {port} did not come up")
        time.sleep(0.1)
