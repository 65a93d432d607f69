"""What the program's own guard costs: the stack `local` with it and without, and its work alone in this process."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from enclave_policies.law.folder import load_law

from benchmarks import judging, recorded, runs
from benchmarks.figure import Figure
from benchmarks.timing import interleaved
from benchmarks.unguarded import unguarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.workbench import Workbench

_second = 1000.0  # milliseconds


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield seconds of previews without packs, then milliseconds per resource."""
    with_guard, without = replace(bench.local, packs=()), unguarded(bench)
    variants = {
        "with the guard": lambda: runs.unchanged(with_guard),
        "without": lambda: runs.unchanged(without),
    }
    with bench.progress.step("preview of `local` with the guard and without", "about 1 min") as step:
        seconds = interleaved(variants, bench.rounds, step)
    peer = median(seconds["without"])
    yield Figure("`pulumi preview` with the guard", "s", seconds["with the guard"], "a program without it", peer)

    resources = recorded.resources(bench.local)
    law = load_law(overlay=bench.sandbox[0] / "law.yaml")
    each = peer * _second / len(resources)
    words = f"a preview without it, by {len(resources)} resources"
    yield Figure(
        "guard's work, in this process", "ms/resource", judging.guarded(resources, law, bench.rounds), words, each
    )
    yield Figure("of that, judging", "ms/resource", judging.judged(resources, law, bench.rounds), words, each)
