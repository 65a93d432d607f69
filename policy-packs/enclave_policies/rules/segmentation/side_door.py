"""SEG-013: nobody enters a segment by a door of AWS, past the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.network.aws.doors import doors_by_type
from enclave_policies.network.network import network_in
from enclave_policies.reading.finding import Step
from enclave_policies.reading.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.aws.entering import Entering
    from enclave_policies.network.intent import Intent
    from enclave_policies.reading.finding import Finding, Verdict
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Say of each door of the table where it leads, and whether the segment holds classified data where that counts."""
    network = network_in(stack)
    for one in network.doors.get(reading.resource.urn, ()):
        opened = _opened(one, network.intent)
        if opened is None:
            continue
        known = one.certain and (bool(one.segments) or one.door.into == "any")
        because = () if one.because is None else (one.because,)
        where = "" if opened else " and into whatever it reaches" if known else " and into a segment that is not known"
        problem = f"{one.door.opens}, round the gateway{where}"
        verdict: Verdict = "fail" if known else "undetermined"
        path = [Step(reading.resource.name, end, rules=because) for end in opened]
        yield rule.finding(reading, problem, verdict=verdict, at=one.door.opener(reading.settings), steps=path)


def _opened(one: Entering, intent: Intent | None) -> list[str] | None:
    """Return the segments that count, None where none of those that a door stands in does."""
    every = [f"{site}/{segment or '(no segment)'}" for site, segment in one.segments]
    if one.door.into == "any" or not every or intent is None:
        return every
    counted = [end for end in every if end in intent.restricted or end not in intent.networks]
    return counted or None


rule = StackRule(
    id="SEG-013",
    name="side-door",
    title="Nobody enters a segment by a door of AWS, past the gateway.",
    severity="critical",
    remedy="close it, or put it where no classified data is; people arrive at the entries and cross the gateway",
    check=check,
    concerns=lambda type_, _law: type_ in doors_by_type(),
    package="aws",
    placing=False,
)
