"""What the gate adds to a preview: the stack `local`, up and unchanged, with packs and through `enclave preview`."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import runs
from benchmarks.figure import Figure
from benchmarks.timing import interleaved
from benchmarks.workbench import enclave
from console.gate.stack import project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.workbench import Workbench


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield the seconds of three ways to preview the same stack, in turns."""
    engine = bench.local
    plain = replace(engine, packs=())
    variants = {
        "plain": lambda: runs.unchanged(plain),
        "with packs": lambda: runs.unchanged(engine),
        "gate": lambda: runs.command([enclave, "preview", "local"], project, bench.variables, bench.log("preview")),
    }
    with bench.progress.step("preview of `local`: plain, with packs, through the gate", "about 90 s") as step:
        seconds = interleaved(variants, bench.rounds, step)
    peer, without = "without packs", median(seconds["plain"])
    yield Figure("`pulumi preview` without packs", "s", seconds["plain"], "itself", without)
    yield Figure("`pulumi preview` with packs", "s", seconds["with packs"], peer, without)
    yield Figure("`enclave preview` as a whole", "s", seconds["gate"], peer, without)
