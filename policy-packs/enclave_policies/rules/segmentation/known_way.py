"""SEG-010: what decides who reaches whom is known."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from enclave_policies.network.malformed import malformed
from enclave_policies.network.network import network_in
from enclave_policies.reading.rule import StackRule
from enclave_policies.rules.segmentation.meaning import meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

MOST: Final = 5
"""Paths of values that a message names."""


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Say what could not be worked out; while there is any of it, that nothing gets through is no proof."""
    if paths := list(islice(malformed(reading.resource), MOST)):
        problem = f"cannot be read ({', '.join(paths)}), so what it decides counts as not known"
        yield rule.finding(reading, problem, verdict="undetermined")
    if meant(reading, stack) is not None:
        for unknown in network_in(stack).undetermined:
            yield rule.finding(reading, f"cannot be held against everything: {unknown}", verdict="undetermined")


rule = StackRule(
    id="SEG-010",
    name="known-way",
    title="What decides who reaches whom is known.",
    severity="high",
    remedy="name resources of the stack where networks, groups and policies are referred to",
    check=check,
    placing=False,
)
