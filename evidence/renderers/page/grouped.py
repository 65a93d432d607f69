"""Findings as the page shows them: by verdict and rule, the gravest first, and not more than a person reads."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from evidence.renderers.ordered import ordered, resource_of

if TYPE_CHECKING:
    from evidence.record.model import Finding, Judged, Record, RuleFacts

MOST: Final = 25
"""Findings of one rule that are written out; the table of resources and findings.csv have all."""


@dataclass(frozen=True)
class Item:
    """One finding and its resource (None: the declaration itself); ``subject`` is what the problem is of."""

    finding: Finding
    resource: Judged | None
    subject: str


@dataclass(frozen=True)
class Group:
    """What one rule says with one verdict; ``items`` are the first, ``count`` is how many there are."""

    verdict: str
    rule: str
    name: str
    facts: RuleFacts | None
    remedy: str
    items: tuple[Item, ...]
    count: int


def groups(record: Record) -> tuple[Group, ...]:
    """Return the findings of a record; the remedy of a group is empty where its findings have several."""
    facts = {rule.id: rule for rule in record.rules}
    found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in ordered(record):
        found[finding.verdict, finding.rule].append(finding)
    return tuple(_group(record, verdict, each, facts.get(rule)) for (verdict, rule), each in found.items())


def _group(record: Record, verdict: str, findings: list[Finding], facts: RuleFacts | None) -> Group:
    remedies = {finding.remedy for finding in findings}
    items = (_item(one, resource_of(record, one)) for one in findings[:MOST])
    return Group(
        verdict=verdict,
        rule=findings[0].rule,
        name=findings[0].name,
        facts=facts,
        remedy=remedies.pop() if len(remedies) == 1 else "",
        items=tuple(items),
        count=len(findings),
    )


def _item(finding: Finding, resource: Judged | None) -> Item:
    before = finding.message.partition(finding.problem)[0].removeprefix(f"{finding.rule} {finding.name}: ")
    return Item(finding, resource, resource.name if resource else before.strip())
