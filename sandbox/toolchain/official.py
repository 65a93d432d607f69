"""An official Pulumi on PATH is used exactly as it is; this module decides whether there is one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MINIMUM = (3, 249, 0)
LANGUAGE_HOST = "pulumi-language-python"
_PATIENCE = 60.0  # seconds; a first start on a cold disk is slow


@dataclass(frozen=True)
class Official:
    """An official `pulumi` and its Python language host."""

    pulumi: Path
    language_host: Path
    version: str


@dataclass(frozen=True)
class Search:
    """What was found on PATH: an official Pulumi, or the reason why what is there is not used (if anything is)."""

    found: Official | None
    reason: str | None = None


def search(own_folders: tuple[Path, ...] = ()) -> Search:
    """Look on PATH, skipping `own_folders` and the sandbox's own programs, for a usable official Pulumi."""
    path = _foreign_path(own_folders)
    pulumi = _which("pulumi", path, own_folders)
    if pulumi is None:
        return Search(None)
    version = _version(pulumi)
    if version is None:
        return Search(None, f"{pulumi} does not answer `pulumi version`, so it is not used")
    if _numbers(version) < MINIMUM:
        least = ".".join(map(str, MINIMUM))
        return Search(None, f"{pulumi} is {version}, older than {least}, so it is not used: update it to use it")
    host = _which(LANGUAGE_HOST, path, own_folders)
    if host is None:
        return Search(
            None,
            f"{pulumi} {version} has no {LANGUAGE_HOST} on PATH, so it is not used: install it complete to use it",
        )
    return Search(Official(pulumi=pulumi, language_host=host, version=version))


def _foreign_path(own_folders: tuple[Path, ...]) -> str:
    sandbox = os.environ.get("ENCLAVE_SANDBOX")
    own = (*own_folders, *((Path(sandbox),) if sandbox else ()))
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(f for f in folders if f and not any(Path(f).is_relative_to(o) for o in own))


def _which(name: str, path: str, own_folders: tuple[Path, ...]) -> Path | None:
    for folder in path.split(os.pathsep):
        found = shutil.which(name, path=folder) if folder else None
        if found and not any(Path(found).resolve().is_relative_to(own.resolve()) for own in own_folders):
            return Path(found).absolute()
    return None


def _version(pulumi: Path) -> str | None:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        run = subprocess.run(
            [pulumi, "version"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=_PATIENCE,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    match = re.search(r"^v?(\d+\.\d+\.\d+\S*)", run.stdout.strip())
    return match[1] if match else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
