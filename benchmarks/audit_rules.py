"""The rules alone, in this process: beside parsing the same export, and a thousand resources beside ten thousand."""

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
from enclave_policies.law.folder import load_law
from enclave_policies.resources.export import export_of
from enclave_policies.rules.jurisdiction import JURISDICTION

from benchmarks.errors import NotMeasuredError
from benchmarks.figure import Figure, Target
from benchmarks.mixed import mixed, refused_one_in
from benchmarks.mixed_export import as_export

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding

    from benchmarks.workbench import Workbench

_few, _many = 1_000, 10_000
_stacks = _many // _few
_least_rounds = 5
_parse, _read, _judge, _one, _ten = "parsing", "reading", "judging", "one large stack", "small stacks"


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield the processor's seconds: of judging beside parsing, and of one large stack beside ten small ones."""
    large, small = (json.dumps(as_export(mixed(count)), indent=4).encode() for count in (_many, _few))
    seconds: dict[str, list[float]] = defaultdict(list)
    rounds = max(bench.rounds, _least_rounds)
    with bench.progress.step("the rules alone, in this process", "about 30 s") as step:
        for number in range(rounds):
            step.note = f"round {number + 1} of {rounds}"
            seconds[_parse].append(_busy(partial(json.loads, large)))
            seconds[_read].append(_busy(partial(export_of, large, "export")))
            seconds[_judge].append(_judging([large], load_law()))
            law = load_law()
            _judging([small], law)  # what is made once, of whatever size the stack is, belongs to neither
            stacks = ((_one, [large]), (_ten, [small] * _stacks))
            for name, exports in stacks[:: 1 if number % 2 else -1]:
                seconds[name].append(_judging(exports, law))
    parse, many = median(seconds[_parse]), f"{_many} resources"
    words = f"parsing the JSON of {many}"
    yield Figure(f"the rules alone, {many}", "s", tuple(seconds[_judge]), words, parse, Target("rules/parse", 10))
    yield Figure("reading the export, parsing included", "s", tuple(seconds[_read]), words, parse)
    ten, against = median(seconds[_ten]), f"{_stacks} stacks of {_few}"
    yield Figure(f"the rules, a stack of {many}", "s", tuple(seconds[_one]), against, ten, Target("growth", 1.1))


def _judging(exports: Sequence[bytes], law: Law) -> float:
    """Return the seconds that judging takes, reading not included; no function remembers an earlier one."""
    stacks = [export_of(content, "export").resources for content in exports]
    judged: list[Mapping[str, Sequence[Finding]]] = []

    def judge_each() -> None:
        for resources in stacks:
            _forget()
            judged.append(judge_stack(resources, law, JURISDICTION))

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
