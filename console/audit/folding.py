"""What an audit shows once: findings that say the same of one resource, and resources of which the same is said."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from enclave_policies.judging.judge import RECORDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enclave_policies.reading.finding import Finding

    from console.audit.outcome import Judged

NAMES: Final = 5
"""Resources of one kind that are named; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to show: the resources of which it is said, the first in full, and what is said in sentences."""

    resources: tuple[Judged, ...]
    said: tuple[str, ...]

    @property
    def more(self) -> str:
        """The other resources in words, nothing where there is but one."""
        names = [resource.name for resource in self.resources[1:]]
        rest = f" and {len(names) - NAMES} more (--json names them)" if len(names) > NAMES else ""
        return f"and of {len(names)} more: {', '.join(names[:NAMES])}{rest}" if names else ""


def folded(resources: Iterable[Judged]) -> list[Entry]:
    """Return what is to be shown of resources that have findings, in the order of each entry's first resource."""
    alike: dict[tuple[str, tuple[str, ...]], list[Judged]] = defaultdict(list)
    for resource in resources:
        if resource.findings:
            alike[resource.verdict, said_once(resource.findings)].append(resource)
    return [Entry(tuple(found), said) for (_, said), found in alike.items()]


def said_once(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the sentences about one resource; that it is also recorded where it was asked for adds a few words."""
    told: dict[tuple[str, str | None, str | None], list[Finding]] = {}
    for number, finding in enumerate(findings):
        place = (finding.verdict, finding.where, finding.country)
        if finding.name == RECORDED and finding.where and place in told:
            told[place].append(finding)
        else:  # each finding is told; the first about a place may be joined by its record
            told[place if finding.where and place not in told else (str(number), None, None)] = [finding]
    return tuple(_sentence(*found) for found in told.values())


def _sentence(first: Finding, *same: Finding) -> str:
    also = dict.fromkeys(f"{finding.rule} {finding.name}" for finding in same if finding.rule != first.rule)
    return f"{first.clause}; the same by {', '.join(also)}" if also else first.clause
