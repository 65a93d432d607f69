"""A preview of a thousand resources with all packs, beside the same with a pack of one rule."""

from __future__ import annotations

import resource
from collections import defaultdict
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import generated, runs
from benchmarks.figure import Figure, Target
from benchmarks.timing import interleaved
from console.gate.packs import find_packs
from console.gate.stack import project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from benchmarks.workbench import Workbench
    from console.gate.engine import Engine

_count = 1_000
_trivial, _ours = "a rule that does nothing", "all packs"


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield the seconds of previews, and the processor's seconds of all their processes."""
    engine = generated.project(bench, _count)
    packs = {_trivial: (generated.trivial_pack(bench),), _ours: tuple(find_packs(project / "policy-packs"))}
    busy: dict[str, list[float]] = defaultdict(list)
    with bench.progress.step(f"preview of {_count} resources with either pack", "about 30 s a round") as step:
        seconds = interleaved(_variants(engine, packs, busy), bench.rounds, step)
    what, beside = f"preview of {_count} resources, {_ours}", f"the same, {_trivial}"
    yield Figure(what, "s", seconds[_ours], beside, median(seconds[_trivial]), Target("preview", 1.1))
    # Others at work here lengthen the seconds of either by chance; these, hardly.
    yield Figure(f"{what}, processor", "s", tuple(busy[_ours]), beside, median(busy[_trivial]))


def _variants(
    engine: Engine, packs: Mapping[str, Sequence[Path]], busy: dict[str, list[float]]
) -> dict[str, Callable[[], None]]:
    def variant(name: str, planner: Engine) -> Callable[[], None]:
        def plan() -> None:
            before = _spent()
            runs.planned(planner, _count)
            busy[name].append(_spent() - before)

        return plan

    return {name: variant(name, replace(engine, packs=attached)) for name, attached in packs.items()}


def _spent() -> float:
    """Return the processor's seconds of all processes that have ended below this one."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
