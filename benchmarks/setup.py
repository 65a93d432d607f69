"""How long a set-up takes in which nothing is left to do, beside the limit that was promised for it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import runs
from benchmarks.errors import NotMeasuredError
from benchmarks.figure import Figure
from benchmarks.timing import interleaved
from console.gate.stack import project
from sandbox.bootstrap import (
    _BOOTSTRAP_STAMP,
    PACKAGES,
    PACKAGES_STAMP,
    PROJECT,
    TOOLS_FOR_SETUP,
    VENV,
    is_current,
    stamp,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.workbench import Workbench

_limit = 30.0  # seconds, for `make up` when nothing has changed


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield the seconds of set-ups in this clone."""
    # Otherwise it would install, or make the environment anew, under the feet of this very process.
    finished = is_current(_BOOTSTRAP_STAMP, stamp(TOOLS_FOR_SETUP)) and is_current(
        PACKAGES_STAMP, stamp(PACKAGES, PROJECT)
    )
    if Path(sys.prefix) != VENV or not finished:
        raise NotMeasuredError(f"there is no finished set-up in {VENV}; run `make tools`, then `make bench`")
    # The Python behind the environment: `make` starts from it.
    make = ["make", "--silent", f"PYTHON={Path(sys.executable).resolve()}"]
    bench.local  # noqa: B018  it is up before the clock runs
    variants = {
        "make tools": lambda: runs.command([*make, "tools"], project, os.environ, bench.log("tools")),
        "make up": lambda: runs.command([*make, "up"], project, bench.variables, bench.log("up")),
    }
    with bench.progress.step("warm set-up: `make tools`, `make up`", "about 1 min") as step:
        seconds = interleaved(variants, bench.rounds, step)
    for name, samples in seconds.items():
        yield Figure(f"warm `{name}`", "s", samples, "limit", _limit)
