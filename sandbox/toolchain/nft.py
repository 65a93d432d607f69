"""The `nft` command, for tests that send real packets: from PATH, else out of the machine's own Debian archive."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.toolchain.errors import ToolchainError

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.toolchain.cache import Cache

SYSTEM_FOLDERS = "/usr/sbin:/sbin"
PACKAGES = (
    *("nftables", "libnftables1", "libnftnl11", "libmnl0", "libjansson4", "libxtables12", "libedit2", "libgmp10"),
    *("libbsd0", "libmd0"),
)
"""What the program needs beside the C library and terminfo, which every Debian has."""
KEY = "debian"
_MINUTES_5 = 300  # seconds


@dataclass(frozen=True)
class Nft:
    """A usable `nft`: its path, and the environment that finds its libraries."""

    path: str
    environment: dict[str, str]


def find(cache: Cache) -> Nft:
    """`nft` from PATH, or unpacked (not installed) into the cache; ToolchainError says what is missing."""
    on_path = which("nft")
    if on_path:
        return Nft(on_path, dict(os.environ))
    home = cache.entry("nft", KEY)
    with cache.locked("nft", KEY):
        if not (home / "complete").is_file():
            _unpack(cache, home)
    return _started(home)


def which(command: str) -> str | None:
    """Where a command of the system's is, though users' PATH often leaves its folder out."""
    return shutil.which(command, path=f"{os.environ.get('PATH', os.defpath)}:{SYSTEM_FOLDERS}")


def _unpack(cache: Cache, home: Path) -> None:
    apt, dpkg = which("apt-get"), which("dpkg")
    if apt is None or dpkg is None:
        raise ToolchainError("there is no `nft` on PATH, and no apt-get and dpkg to have it from Debian's archive")
    with cache.partial("nft", KEY) as scratch:
        _run([apt, "download", "--quiet", *PACKAGES], scratch)
        target = scratch / "root"
        for package in sorted(scratch.glob("*.deb")):
            _run([dpkg, "--extract", str(package), str(target)], scratch)
        (target / "complete").touch()
        shutil.rmtree(home, ignore_errors=True)
        home.parent.mkdir(parents=True, exist_ok=True)
        target.rename(home)


def _started(home: Path) -> Nft:
    folders = sorted({str(library.parent) for library in home.rglob("lib*.so.*")})
    environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(folders)}
    path = next((str(found) for found in home.rglob("sbin/nft")), None)
    if path is None:
        shutil.rmtree(home, ignore_errors=True)
        raise ToolchainError(f"Debian's nftables holds no `nft` (looked in {home})")
    run = subprocess.run([path, "--version"], env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise ToolchainError(f"{path} does not start: {run.stderr.strip()}")
    return Nft(path, environment)


def _run(command: list[str], folder: Path) -> None:
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=_MINUTES_5)
    if run.returncode:
        raise ToolchainError(
            f"there is no `nft` on PATH, and `{' '.join(command[:2])}` failed: {run.stderr.strip()}; "
            "install nftables, or make the machine's package sources reachable (`apt-get update`)"
        )
