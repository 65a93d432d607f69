"""SEG-005: who must cross a gateway finds no way round it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.network.graph import end_of
from enclave_policies.network.network import network_in
from enclave_policies.reading.finding import Step
from enclave_policies.reading.rule import StackRule
from enclave_policies.rules.segmentation.meaning import meant, steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enclave_policies.network.intent import Intent
    from enclave_policies.network.path import Path
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

CROSSED: Final = "mustCross"


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Look for a path, of however many hops, that avoids the segment of the gateway on every site."""
    if (intent := meant(reading, stack)) is None:
        return
    graph = network_in(stack).graph
    walked: dict[tuple[str, str], Callable[[str], Path | None]] = {}
    for crossing in intent.must_cross:
        way, gateway = (crossing.source, crossing.segment), f"/{crossing.segment}"
        if way not in walked:
            walked[way] = graph.paths(crossing.source, lambda end: end.endswith(gateway))  # noqa: B023 (asked at once)
        path = walked[way](crossing.target)
        if path is not None:
            problem = (
                f"says that {crossing.source} -> {crossing.target} must cross {crossing.segment}, "
                f"and there is a way round it"
            )
            yield rule.finding(reading, problem, at=CROSSED, steps=steps(path.hops))
    yield from _past_gateways(reading, stack, intent)


def _past_gateways(reading: Reading, stack: Stack, intent: Intent) -> Iterator[Finding]:
    """Look for balancers that stand where a gateway should, and pass on what no gateway has decided about."""
    for one in network_in(stack).passed_on:
        here = {end_of(place.zone) for place in one.standing}
        there = {end_of(place.zone) for place in one.targets}
        for target, segment in sorted({(crossing.target, crossing.segment) for crossing in intent.must_cross}):
            gateways = sorted(end for end in here if end.endswith(f"/{segment}") and end != target)
            if gateways and target in there:
                told = f"says that {target} is reached by crossing {segment} only"
                path = [Step(by, target, str(one.listened), (str(one),)) for by in gateways]
                yield rule.finding(reading, f"{told}, and what decides nothing passes on to it", at=CROSSED, steps=path)


rule = StackRule(
    id="SEG-005",
    name="must-cross",
    title="Who must cross a gateway finds no way round it.",
    severity="critical",
    remedy="close one hop of the path",
    check=check,
    package="enclave",
    placing=False,
)
