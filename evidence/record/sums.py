"""What the parts of a record come to: a resource's verdict, and the counts. Writers and readers of records ask here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evidence.record.model import Summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.record.model import Finding, Judged, Unchecked, Verdict

GRAVEST: Final = ("fail", "undetermined", "waived", "warned")
LETTING: Final = frozenset({"waived", "warned"})
"""Verdicts of findings that refuse nothing."""


def verdict_of(told: Sequence[Finding], silent: Sequence[Unchecked]) -> Verdict:
    """Return what findings on a resource, and rules that did not answer for it, come to."""
    verdicts = {finding.verdict for finding in told}
    for verdict in GRAVEST:
        if verdict in verdicts:
            return verdict
    return "not-checked" if silent else "pass"


def summary_of(resources: Sequence[Judged], profiles: Sequence[Sequence[int]]) -> Summary:
    """Return the counts of a record; each resource's ``asked`` is a place in ``profiles``."""

    def count(verdict: str) -> int:
        return sum(resource.verdict == verdict for resource in resources)

    return Summary(
        resources=len(resources),
        passed=count("pass"),
        failed=count("fail"),
        undetermined=count("undetermined"),
        waived=count("waived"),
        warned=count("warned"),
        unchecked=count("not-checked"),
        pairs=sum(len(profiles[resource.asked]) for resource in resources),
        pairs_unchecked=sum(len(resource.unchecked) for resource in resources),
        types=len({resource.type for resource in resources}),
    )
