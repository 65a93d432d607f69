"""Checkov as a peer: installed at its pinned version into an environment of its own in the tools' cache."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.errors import NotMeasuredError
from benchmarks.whole import Whole
from console.gate.stack import project
from sandbox import package_index
from sandbox.toolchain.cache import Cache, default_root
from sandbox.toolchain.process import run_logged

if TYPE_CHECKING:
    from sandbox.toolchain import Progress

_requirements = project / "requirements" / "peers.txt"
_failed_checks = 1  # its exit code when a check failed


def install(progress: Progress) -> Path:
    """Return the Python of a finished environment that holds Checkov; makes it where there is none."""
    cache = Cache(default_root())
    pinned = hashlib.sha256(_requirements.read_bytes() + sys.version.encode()).hexdigest()[:20]
    home = cache.entry("checkov", pinned)
    with cache.locked("checkov", pinned):
        if not (home / "complete").is_file():
            with progress.step("installing Checkov, to measure against it", "about 30 s, 200 MB"):
                _fill(cache, home, pinned)
    return home / "bin" / "python"


def _fill(cache: Cache, home: Path, pinned: str) -> None:
    pinned_file = str(_requirements)
    uv = str(Path(sys.executable).with_name("uv"))
    with cache.partial("checkov", pinned) as scratch:
        place = scratch / "environment"
        steps = (
            [uv, "venv", "--quiet", "--relocatable", "--python", sys.executable, str(place)],
            [uv, "pip", "install", "--python", str(place), "--require-hashes", "--compile-bytecode", "-r", pinned_file],
        )
        for number, step in enumerate(steps):
            log = cache.logs / f"checkov-{number}.log"
            result = run_logged(step, log, folder=scratch, environment=package_index.environment())
            if result.code:
                raise NotMeasuredError(
                    f"Checkov could not be installed ({result.last_line}; full output: {log}); check the network and "
                    "the package index which pip is configured for"
                )
        (place / "complete").touch()
        home.parent.mkdir(parents=True, exist_ok=True)
        place.rename(home)


def commands(python: Path, plan: Path, folder: Path, count: int) -> tuple[Whole, Whole]:
    """Return Checkov over a plan with all its checks, and with a single one."""
    line = [str(python), "-m", "checkov.main", "--framework", "terraform_plan", "--file", str(plan)]
    line += ["--skip-download", "--compact", "--quiet", "--output", "json"]
    # It must neither find our packages nor call home.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "BC_"))}

    def everything(output: str) -> None:
        summary = json.loads(output)["summary"]
        if summary["resource_count"] != count:
            raise ValueError(f"it read {summary['resource_count']} of {count} resources")

    def single(output: str) -> None:
        if json.loads(output)["summary"]["failed"] + json.loads(output)["summary"]["passed"] == 0:
            raise ValueError("its check was asked of no resource")

    codes = (0, _failed_checks)
    return (
        Whole("checkov", line, folder, environment, everything, codes),
        Whole("checkov-single", [*line, "--check", "CKV_AWS_145"], folder, environment, single, codes),
    )
