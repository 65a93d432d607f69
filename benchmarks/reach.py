"""What can reach what in a hundred sites of six segments, rule by rule, beside a plain walk over the same resources."""

from __future__ import annotations

import time
from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.network.network import network_of
from enclave_policies.rules.segmentation import SEGMENTATION

from benchmarks.errors import NotMeasuredError
from benchmarks.figure import Figure
from benchmarks.many_sites import many_sites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from enclave_policies.resources.resource import Resource

    from benchmarks.workbench import Workbench

_sites: Final = 100
_segments: Final = 6
_walk, _whole = "walk", "network"


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield the processor's seconds: of the whole network, and of each rule once the network is known."""
    resources = many_sites(bench.local, _sites)
    law = load_law(overlay=bench.sandbox[0] / "law.yaml")
    seconds: dict[str, list[float]] = defaultdict(list)
    with bench.progress.step(f"the network of {_sites} sites", "about 1 min") as step:
        for number in range(bench.rounds):
            step.note = f"round {number + 1} of {bench.rounds}"
            seconds[_walk].append(_busy(lambda: _walked(resources)))
            seconds[_whole].append(_busy(lambda: _known(resources)))
            for rule in SEGMENTATION:
                seconds[rule.name].append(_busy(lambda: judge_stack(resources, law, (rule,))))  # noqa: B023 (called at once)
    plain = median(seconds[_walk])
    beside = f"a plain walk over the {len(resources)} resources"
    ends = f"{_sites} sites x {_segments} segments"
    yield Figure(f"what reaches what, {ends}", "s", tuple(seconds[_whole]), beside, plain)
    for rule in SEGMENTATION:
        yield Figure(f"{rule.id} {rule.name}, all by itself", "s", tuple(seconds[rule.name]), beside, plain)


def _known(resources: Sequence[Resource]) -> None:
    network = network_of(resources)
    ends = {name for name in network.intent.networks if network.graph.hops.get(name)} if network.intent else set()
    if len(ends) < _sites * (_segments - 1):
        raise NotMeasuredError(f"only {len(ends)} segments of {_sites} sites reach anything")


def _walked(resources: Sequence[Resource]) -> int:
    """Return how many values stand in the inputs of all resources."""

    def count(value: Any) -> int:
        if isinstance(value, dict):
            return sum(map(count, value.values()))
        return sum(map(count, value)) if isinstance(value, list) else 1

    return sum(count(resource.props) for resource in resources)


def _busy(action: Callable[[], object]) -> float:
    began = time.process_time()
    action()
    return time.process_time() - began
