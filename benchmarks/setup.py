"""How long a set-up takes in which nothing is left to do, beside the limit that was promised for it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import cold_setup, runs
from benchmarks.errors import NotMeasuredError
from benchmarks.figure import Figure
from benchmarks.timing import interleaved
from console.gate.stack import project
from sandbox.bootstrap import PACKAGES, PACKAGES_STAMP, PROJECT, VENV, is_current, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.workbench import Workbench

_limit = 30.0  # seconds, for `make up` when nothing has changed


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield warm set-up and, when asked for, cold set-up, in seconds."""
    yield from _warm(bench)
    if bench.cold:
        yield from cold_setup.measure(bench)


def python() -> str:
    """Return the Python that the environment was made with: `make` starts from it, not from the environment."""
    return str(Path(sys.executable).resolve())


def _warm(bench: Workbench) -> Iterator[Figure]:
    # Otherwise it would install, under the feet of this very process.
    if Path(sys.prefix) != VENV or not is_current(PACKAGES_STAMP, stamp(PACKAGES, PROJECT)):
        raise NotMeasuredError(f"there is no finished set-up in {VENV}; run `make tools`, then `make bench`")
    make = ["make", "--silent", f"PYTHON={python()}"]
    bench.local  # noqa: B018  it is up before the clock runs
    variants = {
        "make tools": lambda: runs.command([*make, "tools"], project, os.environ, bench.log("tools")),
        "make up": lambda: runs.command([*make, "up"], project, bench.variables, bench.log("up")),
    }
    with bench.progress.step("warm set-up: `make tools`, `make up`", "about 1 min") as step:
        seconds = interleaved(variants, bench.rounds, step)
    for name, samples in seconds.items():
        yield Figure(f"warm `{name}`", "s", samples, "limit", _limit)
