"""Sends probes through a router with a ruleset, on machines where that can be had."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sandbox.toolchain.cache import Cache, default_root
from sandbox.toolchain.errors import ToolchainError
from sandbox.toolchain.nft import Nft, find, which

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LABORATORY = Path(__file__).with_name("laboratory.py")
# A user namespace first: nothing of the machine can be touched from within, and root is not needed.
NAMESPACES = (("--user", "--map-root-user", "--net"), ("--net",))


class MissingError(Exception):
    """What this machine lacks for real packets."""


class Probe(NamedTuple):
    """One question: does a host reach an address?"""

    host: str
    address: str
    protocol: str
    port: int


@dataclass(frozen=True)
class Machine:
    """The commands by which packets are sent here."""

    unshare: tuple[str, ...]
    ip: str
    nft: Nft

    def send(
        self, ruleset: str, hosts: Mapping[str, Sequence[str]], ports: Sequence[int], probes: Sequence[Probe]
    ) -> list[bool]:
        """Return whether each probe was answered, with every host answering on every port and a router between."""
        task = {
            "ruleset": ruleset,
            "hosts": hosts,
            "ports": ports,
            "probes": probes,
            "ip": self.ip,
            "nft": self.nft.path,
        }
        run = subprocess.run(
            [*self.unshare, sys.executable, str(LABORATORY)],
            input=json.dumps(task),
            env=self.nft.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        if run.returncode:
            raise AssertionError(f"the laboratory failed:\n{run.stderr[-3000:]}")
        answers: list[bool] = json.loads(run.stdout)
        return answers


def machine() -> Machine:
    """Return how packets are sent on this machine; MissingError says what it lacks."""
    ip, unshare = which("ip"), which("unshare")
    if ip is None or unshare is None:
        raise MissingError("the commands `ip` (iproute2) and `unshare` (util-linux)")
    try:
        nft = find(Cache(default_root()))
    except ToolchainError as error:
        raise MissingError(str(error)) from error
    tried = []
    for options in NAMESPACES:
        command = (unshare, *options)
        # as the laboratory does it: links between namespaces, forwarding, and a table of the kernel's
        steps = (
            "$1 link add dev a type veth peer name b",
            "echo 1 > /proc/sys/net/ipv4/ip_forward",
            "$0 add table inet x",
        )
        shell = [*command, "sh", "-c", " && ".join(steps), nft.path, ip]
        run = subprocess.run(shell, env=nft.environment, capture_output=True, text=True, check=False)
        if run.returncode == 0:
            return Machine(command, ip, nft)
        tried.append(f"`{' '.join(('unshare', *options))}`: {' '.join(run.stderr.split())}")
    raise MissingError(f"network namespaces with veth and nf_tables ({'; '.join(tried)})")
