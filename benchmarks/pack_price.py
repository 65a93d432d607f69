"""What a pack costs per resource: no pack, a pack of one rule that does nothing, and the jurisdiction pack.

Two sizes of the same program tell the price of a resource from that of starting the engine, program and pack.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from enclave_policies.law.folder import load_law

from benchmarks import generated, judging, runs
from benchmarks.figure import Figure
from benchmarks.timing import interleaved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.workbench import Workbench

_few, _many = 1, 400
_bare, _trivial, _ours = "no pack", "trivial pack", "jurisdiction pack"
_second = 1000.0  # milliseconds
_per_resource = "ms/resource"
Samples = tuple[float, ...]


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield milliseconds per resource, each beside the next cheaper way."""
    packs = {_bare: (), _trivial: (generated.trivial_pack(bench),), _ours: tuple(bench.packs)}
    engines = {count: generated.project(bench, count) for count in (_few, _many)}
    variants = {
        f"{name}, {count}": partial(runs.planned, replace(engine, packs=attached), count)
        for count, engine in engines.items()
        for name, attached in packs.items()
    }
    with bench.progress.step(
        f"preview of {_few} and of {_many} resources, each without and with packs", "about 100 s"
    ) as step:
        seconds = interleaved(variants, bench.rounds, step)
    few = {name: seconds[f"{name}, {_few}"] for name in packs}
    many = {name: seconds[f"{name}, {_many}"] for name in packs}
    yield from prices(few, many, _many - _few)
    yield from starts(few)
    law = load_law(overlay=bench.sandbox[0] / "law.yaml")
    alone = judging.judged(generated.resources(_many), law, bench.rounds)
    per_resource = median(_slope(many[_bare], few[_bare], _many - _few))
    yield Figure("judging alone, in this process", _per_resource, alone, "a resource without pack", per_resource)


def prices(few: Mapping[str, Samples], many: Mapping[str, Samples], more: int) -> Iterator[Figure]:
    """Yield prices per resource from the seconds of each variant with few and with ``more`` resources."""
    resource, trivial, ours = (_slope(many[name], few[name], more) for name in (_bare, _trivial, _ours))
    empty, law = _less(trivial, resource), _less(ours, resource)
    yield Figure("a resource without pack", _per_resource, resource, "itself", median(resource))
    yield Figure("price of a rule that does nothing", _per_resource, empty, "a resource without pack", median(resource))
    yield Figure("price of the jurisdiction pack", _per_resource, law, "a rule that does nothing", median(empty))


def starts(few: Mapping[str, Samples]) -> Iterator[Figure]:
    """Yield how long the pack takes to start."""
    empty, law = _less(few[_trivial], few[_bare]), _less(few[_ours], few[_bare])
    yield Figure("start of the jurisdiction pack", "s", law, "start of a rule that does nothing", median(empty))


def _slope(many: Samples, few: Samples, more: int) -> Samples:
    return tuple(seconds * _second / more for seconds in _less(many, few))


def _less(these: Samples, those: Samples) -> Samples:
    return tuple(this - that for this, that in zip(these, those, strict=True))
