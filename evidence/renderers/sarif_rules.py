"""The rules of a run as SARIF describes them: what they say, how grave it is, and what to do."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evidence.record.model import Record

NOT_CHECKED: Final = "NOT-CHECKED"
LEVELS: Final[Mapping[str, str]] = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
SHORT: Final = 1_000
"""Characters of a description that GitHub shows."""


def rules(record: Record) -> list[dict[str, Any]]:
    """Return a descriptor for each rule that was promised, for what is refused without one, and for NOT-CHECKED."""
    found = [
        _descriptor(rule.id, rule.name, rule.title, rule.remedy, severity=rule.severity, tag=rule.pack)
        for rule in record.rules
    ]
    known = {rule.id for rule in record.rules}
    for one in record.findings:
        if one.rule not in known:
            known.add(one.rule)
            words = "What is declared keeps to the law."
            found.append(_descriptor(one.rule, f"{one.name}-by-law", words, one.remedy, severity="critical", tag="law"))
    words, remedy = "Everything that a run touches is judged.", "look at it by hand, or let the run judge it"
    return [*found, _descriptor(NOT_CHECKED, "judged-whole", words, remedy, severity="medium", tag="completeness")]


def digest(*parts: str) -> str:
    """Return what stays the same of something that nobody judged."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _descriptor(id_: str, name: str, title: str, remedy: str, *, severity: str, tag: str) -> dict[str, Any]:
    return {
        "id": id_,
        "name": name[:255],
        "shortDescription": {"text": title[:SHORT]},
        "fullDescription": {"text": title[:SHORT]},
        "help": {"text": f"{title} To do: {remedy}"},
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {"tags": ["security", tag[:100]], "severity": severity, "problem.severity": LEVELS[severity]},
    }
