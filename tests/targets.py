"""Packages of PyPI that judge from outside, in a folder of their own by their lock: never in anybody's environment."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sandbox.toolchain.cache import Cache, default_root
from sandbox.toolchain.errors import ToolchainError
from sandbox.toolchain.process import run_logged

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUIREMENTS: Final = Path(__file__).parents[1] / "requirements"


def installed(name: str) -> Path:
    """Return the folder of what requirements/NAME.txt pins with hashes. Raises ToolchainError."""
    cache, lock = Cache(default_root()), REQUIREMENTS / f"{name}.txt"
    key = hashlib.sha256(lock.read_bytes()).hexdigest()[:20]
    home = cache.entry(name, key)
    with cache.locked(name, key):
        if not (home / "complete").is_file():
            with cache.partial(name, key) as scratch:
                target = scratch / name
                pip = [sys.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
                how = ["--target", str(target), "--no-deps", "--only-binary", ":all:", "--require-hashes"]
                run([*pip, *how, "-r", str(lock)], cache, name)
                place(target, home)
    return home


def python(name: str, code: str, *arguments: str) -> str:
    """Return what a program prints that sees the packages of a lock before all others."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": str(installed(name))},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return done.stdout


def run(command: list[str], cache: Cache, what: str, environment: Mapping[str, str] | None = None) -> None:
    """Install something, with its output in the cache's logs. Raises ToolchainError."""
    log = cache.logs / f"{what}.log"
    done = run_logged(command, log, environment={**os.environ, **(environment or {})})
    if done.code:
        raise ToolchainError(f"{what} could not be installed ({done.last_line}; full output: {log})")


def place(target: Path, home: Path) -> None:
    """Put what was installed in its place, whole."""
    (target / "complete").touch()
    shutil.rmtree(home, ignore_errors=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    target.rename(home)
