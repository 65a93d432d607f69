"""The regimes and their adequacy decisions, checked when the law is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.law.folder.parts import Row
from enclave_policies.law.instruments import REGIMES, AdequacyDecision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.law.folder.atlas import Atlas
    from enclave_policies.law.folder.files import DecisionRow, RegimeRow
    from enclave_policies.law.folder.sources import Sources
    from enclave_policies.law.instruments import Regime

FILE = "adequacy.yaml"


def read_homes(sources: Sources, atlas: Atlas) -> dict[Regime, frozenset[str]]:
    """Return the countries that are no third countries to a regime, by regime."""
    if FILE not in sources.shipped:
        return {}
    file = sources.shipped[FILE]
    regimes: Mapping[Regime, RegimeRow] = file.content.regimes
    for regime in REGIMES:
        if regime not in regimes:
            sources.problems.append(file.document.problem(("regimes",), f"'{regime}' is missing; add its home"))
    return {
        regime: atlas.members(Row(value, file.document, ("regimes", regime)), value.home, "home")
        for regime, value in regimes.items()
    }


def read_decisions(sources: Sources, atlas: Atlas) -> tuple[AdequacyDecision, ...]:
    """Return the adequacy decisions of all files."""
    entries: dict[str, Row[DecisionRow]] = sources.table("decision", FILE, "decisions")
    for entry in entries.values():
        sources.problems += (entry.problem(message, name) for name, message in _wrong(entry.value))
    decisions = [(_decision(entry, atlas), entry) for entry in entries.values()]
    for number, (decision, entry) in enumerate(decisions):
        for earlier, _ in decisions[:number]:
            if both := _overlap(decision, earlier):
                message = f"'{decision.id}' and '{earlier.id}' hold for {', '.join(both)} at the same time; end one"
                sources.problems.append(entry.problem(message))
    return tuple(decision for decision, _ in decisions)


def _decision(entry: Row[DecisionRow], atlas: Atlas) -> AdequacyDecision:
    value = entry.value
    countries = atlas.members(entry, value.countries, "countries")
    return AdequacyDecision(
        value.id,
        value.regime,
        countries,
        value.scope,
        value.condition,
        value.status,
        value.adopted,
        value.effective or value.adopted,
        value.expires,
    )


def _wrong(value: DecisionRow) -> Iterator[tuple[str, str]]:
    if bool(value.countries) == (value.organisation is not None):
        yield "id", f"decision '{value.id}' names countries or an organisation, one of the two; correct it"
    for name, day in (("effective", value.effective), ("expires", value.expires)):
        if day is not None and day < value.adopted:
            yield name, f"{name} {day} lies before the day of adoption, {value.adopted}; correct one"


def _overlap(decision: AdequacyDecision, other: AdequacyDecision) -> list[str]:
    """Return the countries for which two decisions of one regime are in force on one day."""
    if decision.regime != other.regime or {decision.status, other.status} != {"in-force"}:
        return []
    first, second = sorted((decision, other), key=lambda one: one.effective)
    if first.expires is not None and first.expires < second.effective:
        return []
    return sorted(first.countries & second.countries)
