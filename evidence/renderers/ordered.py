"""Findings as people and limits want them: the gravest first, so that whatever has to be cut is what weighs least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from evidence.record.model import Finding, Judged, Record

VERDICTS: Final = ("fail", "undetermined", "warned", "waived")
SEVERITIES: Final = ("critical", "high", "medium", "low")


def ordered(record: Record) -> list[Finding]:
    """Return the findings by verdict and severity; alike ones stay in the record's order."""
    severities = severity_by_rule(record)
    return sorted(
        record.findings,
        key=lambda one: (VERDICTS.index(one.verdict), SEVERITIES.index(severities.get(one.rule, "critical"))),
    )


def severity_by_rule(record: Record) -> dict[str, str]:
    """Return the severity of each rule; what is refused without one (a declaration against the law) is critical."""
    return {rule.id: rule.severity for rule in record.rules}


def resource_of(record: Record, finding: Finding) -> Judged | None:
    """Return the resource that a finding is about."""
    return None if finding.resource is None else record.resources[finding.resource]


def short_words(record: Record, finding: Finding) -> str:
    """Return of what a finding is and what is wrong with it, without the rule, its remedy and what is approved."""
    resource = resource_of(record, finding)
    before, problem, _ = finding.message.partition(finding.problem)
    subject = before.removeprefix(f"{finding.rule} {finding.name}: ").strip()
    if not problem:
        subject, problem = "", finding.message
    words = f"{subject} {problem}".strip()
    return words if resource is None or resource.name in words else f"{resource.name}: {words}"


def waived_words(finding: Finding) -> str:
    """Return under which exception a finding stands; empty where it has none."""
    by = finding.waiver
    if by is None:
        return ""
    verb = "waived" if finding.verdict == "waived" else "once waived"
    return (
        f"{verb} by exception {by.id} (owner {by.owner}, approver {by.approver}) from {by.granted} until {by.expires}"
    )


def declaration_of(record: Record) -> str:
    """Return the file of the declaration, where whoever wants a line finds what was judged."""
    return next((each.name for each in record.inputs if each.role == "declaration"), f"stacks/{record.run.stack}.yaml")
