"""The rules alone, in this process: beside parsing the same export, and large stacks beside small ones."""

from __future__ import annotations

import functools
import gc
import json
import sys
import time
from collections import defaultdict
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY
from enclave_policies.resources.export import export_of

from benchmarks.errors import NotMeasuredError
from benchmarks.figure import Figure, Target
from benchmarks.mixed import mixed, refused_one_in
from benchmarks.mixed_export import as_export

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding

    from benchmarks.workbench import Workbench

_few, _many, _most = 1_000, 10_000, 50_000
_least_rounds, _most_rounds = 5, 2
"""Rounds of what takes seconds, and of what takes a minute."""
_heavy = (None, "acls", "policies")
_parse, _read, _judge = "parsing", "reading", "judging"


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield the processor's seconds: of judging beside parsing, and of one large stack beside several small ones."""
    large = _written(_many)
    seconds: dict[str, list[float]] = defaultdict(list)
    rounds = max(bench.rounds, _least_rounds)
    with bench.progress.step("the rules alone, in this process", "about 30 s") as step:
        for number in range(rounds):
            step.note = f"round {number + 1} of {rounds}"
            seconds[_parse].append(_busy(partial(json.loads, large)))
            seconds[_read].append(_busy(partial(export_of, large, "export")))
            seconds[_judge].append(_judging([large], EVERY.load(None, None)))
    parse, many = median(seconds[_parse]), f"{_many} resources"
    words = f"parsing the JSON of {many}"
    yield Figure(f"the rules of all packs alone, {many}", "s", tuple(seconds[_judge]), words, parse, _of_rules)
    yield Figure("reading the export, parsing included", "s", tuple(seconds[_read]), words, parse)
    for heavy in _heavy:
        yield from _growths(bench, heavy)


_of_rules = Target("rules/parse", 4)


def _growths(bench: Workbench, heavy: str | None) -> Iterator[Figure]:
    """Yield one large stack beside as many resources in small ones, of the mix or of one with more of some types."""
    named = f"a stack heavy with {heavy}" if heavy else "a stack"
    exports = {count: _written(count, heavy) for count in (_few, _many, _most)}
    law = EVERY.load(None, None)
    for few, many, rounds in ((_few, _many, _least_rounds), (_many, _most, _most_rounds)):
        stacks = ((many, [exports[many]]), (few, [exports[few]] * (many // few)))
        seconds: dict[int, list[float]] = defaultdict(list)
        _judging([exports[few]], law)  # what is made once, of whatever size the stack is, belongs to neither
        with bench.progress.step(f"the rules alone, {named} of {many} resources", "about 1 min") as step:
            for number in range(rounds):
                step.note = f"round {number + 1} of {rounds}"
                for count, several in stacks[:: 1 if number % 2 else -1]:
                    seconds[count].append(_judging(several, law))
        target = Target(f"growth to {many}, {heavy}" if heavy else f"growth to {many}", 1.1)
        what, beside = f"the rules, {named} of {many}", f"{many // few} of {few}"
        yield Figure(what, "s", tuple(seconds[many]), beside, median(seconds[few]), target)


def _written(count: int, heavy: str | None = None) -> bytes:
    return json.dumps(as_export(mixed(count, heavy)), indent=4).encode()


def _judging(exports: Sequence[bytes], law: Law) -> float:
    """Return the seconds that judging takes, reading not included; no function remembers an earlier one."""
    stacks = [export_of(content, "export").resources for content in exports]
    judged: list[Mapping[str, Sequence[Finding]]] = []

    def judge_each() -> None:
        for resources in stacks:
            _forget()
            judged.append(judge_stack(resources, law, EVERY.rules))

    gc.collect()
    gc.disable()  # as an audit does
    try:
        seconds = _busy(judge_each)
    finally:
        gc.enable()
    for resources, findings in zip(stacks, judged, strict=True):
        expected = len(resources) // refused_one_in
        refused = sum(bool(found) for found in findings.values())
        if refused != expected:
            raise NotMeasuredError(f"of {len(resources)} resources {refused} were refused instead of {expected}")
    return seconds


def _busy(action: Callable[[], object]) -> float:
    """Return the processor's seconds that an action takes: whoever else is at work here counts less."""
    began = time.process_time()
    action()
    return time.process_time() - began


def _forget() -> None:
    """Empty every cache of a function of the rules, as in a new process."""
    for name, module in tuple(sys.modules.items()):
        if name.startswith("enclave_policies"):
            for value in vars(module).values():
                if isinstance(value, functools._lru_cache_wrapper):  # noqa: SLF001 (its type has no other name)
                    value.cache_clear()
