"""The transfer rules, checked when the law is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.law.folder.atlas import HOST
from enclave_policies.law.instruments import TransferRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from enclave_policies.law.folder.atlas import Atlas
    from enclave_policies.law.folder.files import TransferRow
    from enclave_policies.law.folder.parts import Row
    from enclave_policies.law.folder.sources import Sources
    from enclave_policies.law.instruments import AdequacyDecision

FILE: Final = "transfers.yaml"
NEEDED: Final[Mapping[str, str]] = {
    "contract-clauses": "assessed",
    "transitional": "expires",
    "pseudonymised": "measure",
}
"""What a basis needs beside countries."""
BELONGS_TO: Final[Mapping[str, str]] = {
    "assessed": "contract-clauses",
    "measure": "pseudonymised",
    "meets": "adequacy",
    "classes": "pseudonymised",
}
"""The only basis to which a key means something."""


def read_transfers(
    sources: Sources, atlas: Atlas, decisions: Sequence[AdequacyDecision], day: date
) -> tuple[TransferRule, ...]:
    """Return the transfer rules of all files."""
    if FILE not in sources.shipped:
        return ()
    longest: int = sources.shipped[FILE].content.assessment_days_at_most
    entries: dict[str, Row[TransferRow]] = sources.table("transfer rule", FILE, "transfers")
    conditional = {decision.id for decision in decisions if decision.condition is not None}
    today = max(day, datetime.now(UTC).date())
    rules = []
    for entry in entries.values():
        rule = _rule(entry, atlas, longest)
        wrong = (*_wrong(entry.value, today), *_outside(rule, atlas), *_unmet(entry.value, conditional))
        sources.problems += (entry.problem(message, name) for name, message in wrong)
        rules.append(rule)
    return tuple(rules)


def _rule(entry: Row[TransferRow], atlas: Atlas, longest: int) -> TransferRule:
    value = entry.value
    limits = [value.expires] if value.expires else []
    if value.assessed is not None:
        limits.append(value.assessed + timedelta(longest))
    return TransferRule(
        value.id,
        value.basis,
        atlas.members(entry, value.sources, "from"),
        atlas.members(entry, value.targets, "to"),
        frozenset(value.movements),
        frozenset(value.regimes),
        value.assessed,
        value.expires,
        min(limits, default=None),
        value.measure,
        frozenset(value.meets),
        frozenset(value.classes),
    )


def _wrong(value: TransferRow, today: date) -> Iterator[tuple[str, str]]:
    needed = NEEDED.get(value.basis)
    if needed and getattr(value, needed) is None:
        yield "basis", f"basis '{value.basis}' needs '{needed}'; add it"
    for name, basis in BELONGS_TO.items():
        given: Any = getattr(value, name)
        if given and value.basis != basis:
            yield name, f"'{name}' belongs to basis '{basis}', not '{value.basis}'; remove it or correct the basis"
    if value.assessed is not None and value.assessed > today:
        yield "assessed", f"assessed {value.assessed} lies in the future (today is {today}); give the assessment's day"


def _outside(rule: TransferRule, atlas: Atlas) -> Iterator[tuple[str, str]]:
    for name, countries in (("from", rule.sources), ("to", rule.targets)):
        outside = sorted(countries - atlas.sets[HOST])
        if rule.basis == "inside" and outside:
            yield name, f"basis 'inside' reaches {', '.join(outside)}, which may not host (approved.yaml); narrow it"


def _unmet(value: TransferRow, conditional: set[str]) -> Iterator[tuple[str, str]]:
    for decision in value.meets:
        if decision not in conditional:
            yield "meets", f"'{decision}' is no adequacy decision with a condition; correct or remove it"
