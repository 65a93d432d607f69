"""How long the first `make up` of a newcomer takes: a fresh clone, every cache empty. Minutes; once per run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import runs
from benchmarks.figure import Figure
from benchmarks.timing import timed
from console.gate.stack import outside_sandbox, project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.workbench import Workbench

_limit = 18 * 60.0  # seconds, for `make up`
_caches = {
    "ENCLAVE_CACHE": "enclave",
    "GOCACHE": "go-build",
    "GOMODCACHE": "go-modules",
    "UV_CACHE_DIR": "uv",
    "PIP_CACHE_DIR": "pip",
    "XDG_CACHE_HOME": "other",
}


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield the seconds of one cold `make tools`, and of all that `make up` does; of the last commit, not the tree."""
    clone = bench.place / "clone"
    runs.command(["git", "clone", "--quiet", str(project), str(clone)], bench.place, os.environ, bench.log("clone"))
    variables = empty_caches(bench.place / "empty", os.environ)
    python = clone / ".venv" / "bin" / "python"

    def run(name: str, *words: str) -> float:
        return timed(lambda: runs.command(words, clone, variables, bench.log(f"cold-{name}")))

    with bench.progress.step("cold set-up: `make tools` in a fresh clone", "about 13 min on 2 cores"):
        tools = run("tools", "make", f"PYTHON={Path(sys.executable).resolve()}", "tools")
    yield Figure("cold `make tools`", "s", (tools,), "limit", _limit)
    with bench.progress.step("cold set-up: starting the sandbox, bringing up `local`", "about 1 min"):
        # What `make up` does next, but the sandbox ends with this process.
        folder = str(clone / ".sandbox")
        start = ("-m", "sandbox.services", "start", "--dir", folder, "--owner", str(os.getpid()))
        bench.ends.callback(run, "stop", str(python), "-m", "sandbox.services", "stop", "--dir", folder)
        enclave = str(python.with_name("enclave"))
        rest = run("start", str(python), *start) + run("approve", enclave, "sandbox", "approve", "local")
        rest += run("up", enclave, "up", "local")
    yield Figure("cold `make up`", "s", (tools + rest,), "limit", _limit)


def empty_caches(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment of no sandbox and no virtual environment whose caches are new folders in ``folder``."""
    path = [entry for entry in environment.get("PATH", os.defpath).split(os.pathsep) if entry != f"{sys.prefix}/bin"]
    base = {**environment, "PATH": os.pathsep.join(path)}
    base.pop("VIRTUAL_ENV", None)
    return {**outside_sandbox(base), **{name: str(folder / cache) for name, cache in _caches.items()}}
