"""SEG-010: what decides who reaches whom is known."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from enclave_policies.network.malformed import MOST_PATHS, malformed
from enclave_policies.network.network import network_in
from enclave_policies.reading.rule import StackRule
from enclave_policies.rules.segmentation.meaning import meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Say what could not be worked out; while there is any of it, that nothing gets through is no proof."""
    if paths := list(islice(malformed(reading.resource), MOST_PATHS)):
        problem = f"cannot be read ({', '.join(paths)}), so what it decides counts as not known"
        yield rule.finding(reading, problem, verdict="undetermined", at=paths[0])
    network, urn = network_in(stack), reading.resource.urn
    for message in network.broken.get(urn, ()):
        yield rule.finding(reading, f"counts as not known: {message}", verdict="undetermined")
    unknown = network.undetermined if meant(reading, stack) is not None else ()
    if network.intent is None and network.faults and urn == next(iter(stack.readings)):
        unknown = network.faults  # nobody says what is meant, so the first of the stack tells it
    for told in unknown:
        yield rule.finding(reading, f"cannot be held against everything: {told}", verdict="undetermined")


rule = StackRule(
    id="SEG-010",
    name="known-way",
    title="What decides who reaches whom is known.",
    severity="high",
    remedy="name resources of the stack where networks, groups and policies are referred to",
    check=check,
    placing=False,
    kept=True,  # the record tells the network's ways
)
