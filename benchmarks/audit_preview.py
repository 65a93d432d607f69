"""A preview of a thousand resources with the jurisdiction pack, beside the same with a pack of one rule."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import generated, runs
from benchmarks.figure import Figure, Target
from benchmarks.timing import interleaved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.workbench import Workbench

_count = 1_000


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield the seconds of previews."""
    engine = generated.project(bench, _count)
    packs = {"trivial": (generated.trivial_pack(bench),), "ours": tuple(bench.packs)}
    variants = {
        name: partial(runs.planned, replace(engine, packs=attached), _count) for name, attached in packs.items()
    }
    with bench.progress.step(f"preview of {_count} resources with either pack", "about 30 s a round") as step:
        seconds = interleaved(variants, bench.rounds, step)
    yield Figure(
        f"preview of {_count} resources, jurisdiction pack",
        "s",
        seconds["ours"],
        "the same, a rule that does nothing",
        median(seconds["trivial"]),
        Target("preview", 1.1),
    )
