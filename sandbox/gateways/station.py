"""One gateway of one site on this machine: a folder, the processes in it, and how to start and end each of them."""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hosts.gateway.bundle import ENVOY, digest_of
from sandbox.certificates import Authority, authority, issue, kept_authority, write_certificate
from sandbox.gateways.localised import localised
from sandbox.sockets import AUTHORIZER, clear, short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TLS: Final = "/etc/enclave/tls"
RUN: Final = "/run/enclave/authorizer"
PATIENCE: Final = 20.0  # seconds until something listens


@dataclass
class Surroundings:
    """The authorities that all gateways of a sandbox share."""

    devices: Authority = field(default_factory=lambda: authority("devices"))
    servers: Authority = field(default_factory=lambda: authority("gateways"))
    upstreams: Authority = field(default_factory=lambda: authority("upstreams"))

    @classmethod
    def kept(cls, folder: Path) -> Surroundings:
        """Return those in a folder, made there where they are missing."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        names = ("devices", "gateways", "upstreams")
        return cls(*(kept_authority(folder / f"{name}.pem", name) for name in names))


class Station:
    """The processes of one gateway in one folder: upstream, authorizer, Envoy."""

    def __init__(
        self,
        folder: Path,
        bundle: Mapping[str, str],
        surroundings: Surroundings,
        upstream: str,
        *,
        authorizer: Sequence[str] = ("-m", "hosts.serving"),
        told: bool = False,
        ports: tuple[int, int] | None = None,
        record: Path | None = None,
        serving: Sequence[str] = (),
    ) -> None:
        """``upstream`` is the host name that the routes' service has; ``told``: clients say from where they come.

        ``authorizer`` is what Python runs as the authorizer, which a test of faults replaces. ``ports`` are those of
        Envoy and of the upstream, and ``record`` is the folder of a record that outlives the station; a folder that was
        a station's before stays as it is. ``serving`` are more options of the upstream.
        """
        self._told, self.authorizer, self.surroundings = told, tuple(authorizer), surroundings
        self.upstream, self._serving = upstream, tuple(serving)
        self.folder, self.digest = folder, digest_of(bundle)
        self.port, self.upstream_port = ports or (free_port(), free_port())
        self.kept_in = record or folder / "record"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.socket = short(folder / AUTHORIZER)
        folders = [folder / name for name in ("bundle", "tls", "run", "logs", "grants")]
        for each in (*folders, self.kept_in, self.socket.parent):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, text in bundle.items():
            (folder / "bundle" / name).write_text(text, encoding="utf-8")
        self.admin = self.socket.with_name("envoy-admin.sock")
        if not (folder / "tls" / "upstream.pem").exists():
            self._certificates(surroundings, upstream)
        self.public_key = kept_key(
            self.kept_in / "checkpoint.key" if record else folder / "checkpoint.key"
        ).public_key()

    @property
    def told(self) -> bool:
        """Whether clients must say from where they come, as a balancer would."""
        listeners = json.loads((self.folder / "bundle" / ENVOY).read_text(encoding="utf-8"))["static_resources"]
        return self._told or any(each.get("listener_filters") for each in listeners["listeners"])

    @property
    def record(self) -> Path:
        """The audit record."""
        return self.kept_in / "record.jsonl"

    @property
    def grants(self) -> Path:
        """The folder of just-in-time grants."""
        return self.folder / "grants"

    @property
    def alerts(self) -> Path:
        """The spool of alerts."""
        return self.kept_in / "alerts.jsonl"

    def command(self, name: str) -> list[str]:
        """Return what runs a part of the station: ``upstream``, ``authorizer`` or ``envoy``."""
        return {"upstream": self._upstream, "authorizer": self._authorizer, "envoy": self._envoy}[name]()

    def start(self) -> None:
        """Start everything, and wait until Envoy listens."""
        self.start_upstream()
        self.start_authorizer()
        self.start_envoy()

    def start_upstream(self) -> None:
        """Start the stand-in application."""
        self._start("upstream", self._upstream())
        _wait_for_port(self.upstream_port, self._processes["upstream"])

    def start_authorizer(self) -> None:
        """Start the authorizer, and wait for its socket."""
        self._start("authorizer", self._authorizer())
        until = time.monotonic() + PATIENCE
        while not self.socket.exists() and time.monotonic() < until:
            if self._processes["authorizer"].poll() is not None:
                return  # it says why in its log; Envoy refuses everybody
            time.sleep(0.02)

    def start_envoy(self) -> None:
        """Start Envoy, and wait until it listens."""
        self._start("envoy", self._envoy())
        _wait_for_port(self.port, self._processes["envoy"])

    def _upstream(self) -> list[str]:
        module = "sandbox.gateways.upstream"
        where = ["--port", str(self.upstream_port), "--folder", str(self.folder / "tls")]
        return [sys.executable, "-P", "-m", module, *where, *self._serving]

    def _authorizer(self) -> list[str]:
        key = self.kept_in / "checkpoint.key"
        options = {
            "bundle": self.folder / "bundle",
            "digest": self.digest,
            "record": self.record,
            "socket": self.socket,
            "checkpoint": self.kept_in / "checkpoint",
            "grants": self.grants,
            "alerts": self.alerts,
            "key": key if key.exists() else self.folder / "checkpoint.key",
        }
        flags = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        return [sys.executable, *self.authorizer, "serve", *flags]

    def _envoy(self) -> list[str]:
        """Return what runs Envoy, and write the configuration that it reads."""
        local = localised(
            (self.folder / "bundle" / ENVOY).read_text(encoding="utf-8"),
            {"people": self.port, **self._upstream_ports()},
            {TLS: str(self.folder / "tls"), RUN: str(self.socket.parent)},
            told=self._told,
        )
        config = self.folder / "run" / "envoy.json"
        config.write_text(local, encoding="utf-8")
        flags = ["--disable-hot-restart", "--drain-strategy", "immediate", "--concurrency", "1"]
        return [envoy(), "--config-path", str(config), *flags, "--log-level", "warning"]

    def end(self, name: str, *, kill: bool = False) -> None:
        """End one process, and wait for it."""
        process = self._processes.pop(name)
        process.kill() if kill else process.terminate()
        process.wait(PATIENCE)
        if name == "authorizer" and kill:
            self.socket.unlink(missing_ok=True)

    def drain_envoy(self) -> None:
        """Let Envoy end its connections, as a host does before it ends Envoy."""
        command = [sys.executable, "-m", "hosts.serving", "drain", "--admin", str(self.admin)]
        subprocess.run(command, check=False, cwd=self.folder)

    def fill_disk(self) -> None:
        """Let the authorizer's disk be full, as far as its record goes: no file of it may grow any more."""
        most = self.record.stat().st_size
        resource.prlimit(self.pid("authorizer"), resource.RLIMIT_FSIZE, (most, most))

    def pid(self, name: str) -> int:
        """Return the number of a process."""
        return self._processes[name].pid

    def exit_code(self, name: str) -> int:
        """Wait for a process to end by itself, and return how it did."""
        return self._processes[name].wait(PATIENCE)

    def stop(self) -> None:
        """End everything."""
        for name in ("envoy", "authorizer", "upstream"):
            if name in self._processes:
                self.end(name)
        clear(self.folder / AUTHORIZER)

    def said(self, name: str) -> str:
        """Return what a process has written."""
        return (self.folder / "logs" / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def _upstream_ports(self) -> dict[str, int]:
        data = json.loads((self.folder / "bundle" / ENVOY).read_text(encoding="utf-8"))
        names = [cluster["name"] for cluster in data["static_resources"]["clusters"]]
        return dict.fromkeys(names, self.upstream_port)

    def _upstream_hosts(self) -> set[str]:
        """Return the names of all services behind the gateway: one stand-in answers for them."""
        data = json.loads((self.folder / "bundle" / ENVOY).read_text(encoding="utf-8"))
        sockets = (cluster.get("transport_socket") for cluster in data["static_resources"]["clusters"])
        return {each["typed_config"]["sni"] for each in sockets if each}

    def _certificates(self, surroundings: Surroundings, upstream: str) -> None:
        tls = self.folder / "tls"
        write_certificate(tls / "devices-ca.pem", surroundings.devices.certificate)
        write_certificate(tls / "upstreams-ca.pem", surroundings.upstreams.certificate)
        write_certificate(tls / "gateways-ca.pem", surroundings.servers.certificate)
        issue(tls, "server", surroundings.servers, hosts=["localhost", "127.0.0.1"])
        issue(tls, "client", surroundings.servers, names=["spiffe://enclave/gateway"])
        issue(tls, "upstream", surroundings.upstreams, hosts=sorted({upstream, *self._upstream_hosts()}))

    def _start(self, name: str, command: Sequence[str]) -> None:
        self.socket.parent.mkdir(exist_ok=True, mode=0o700)
        with (self.folder / "logs" / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, env=dict(os.environ)
            )


def kept_key(file: Path) -> Ed25519PrivateKey:
    """Return the key in a file, made there where there is none."""
    if file.exists():
        found = serialization.load_pem_private_key(file.read_bytes(), None)
        if not isinstance(found, Ed25519PrivateKey):
            raise TypeError(f"{file} is no key of this sandbox; remove it")
        return found
    key = Ed25519PrivateKey.generate()
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.touch(mode=0o600)
    file.write_bytes(key.private_bytes(*pem))
    return key


def envoy() -> str:
    """Return the path of Envoy, which is a Python package in a sandbox."""
    found = shutil.which("envoy", path=sysconfig.get_path("scripts")) or shutil.which("envoy")
    if found is None:
        raise FileNotFoundError("there is no Envoy here; run `make setup`")
    return found


def free_port() -> int:
    """Return a loopback port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens on port {port}: see the log of what was started")
