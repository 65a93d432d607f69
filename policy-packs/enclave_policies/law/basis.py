"""The legal basis of a movement of data between two countries: found per regime, for the day that is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from enclave_policies.law.instruments import REGIMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.law import Law
    from enclave_policies.law.instruments import Movement, Regime, TransferRule


@dataclass(frozen=True, slots=True)
class Basis:
    """Why a movement is allowed: the ids of the rules that cover it, their bases, and the whole in words."""

    rule: str
    basis: str
    words: str


def transfer_basis(
    law: Law, source: str | None, target: str | None, movement: Movement, copied: frozenset[str] | None = None
) -> Basis | None:
    """Return the legal basis of a movement from country to country on ``law.day``; None where a regime has none.

    Every regime must be covered, by one rule or by several together. An unknown country has no basis. ``copied`` as in
    `grounds`.
    """
    found = grounds(law, source, target, movement, copied)
    if len(found) < len(REGIMES):
        return None
    words: dict[str, list[str]] = {}
    for rule, reason in found.values():
        words.setdefault(rule.id, []).append(reason)
    bases = dict.fromkeys(rule.basis for rule, _ in found.values())
    told = (f"rule {rule} ({', '.join(dict.fromkeys(reasons))})" for rule, reasons in words.items())
    return Basis(" + ".join(words), " + ".join(bases), ", ".join(told))


def grounds(
    law: Law, source: str | None, target: str | None, movement: Movement, copied: frozenset[str] | None = None
) -> Mapping[Regime, tuple[TransferRule, str]]:
    """Return the rule that covers a movement for each regime, with the reason in words; regimes without one are absent.

    The first rule of the law that covers a regime counts. ``copied`` are the classes of what a resource would copy as
    it is (empty: nobody says them), None for a movement that is declared: what a measure must make of data first, no
    resource copies.
    """
    found: dict[Regime, tuple[TransferRule, str]] = {}
    for rule in law.transfers:
        if copied is not None and not rule.lets_copy(copied):
            continue
        if source in rule.sources and target in rule.targets and movement in rule.movements and rule.in_force(law.day):
            for regime, words in _covered(rule, law, str(target)):
                found.setdefault(regime, (rule, words))
    return found


def _covered(rule: TransferRule, law: Law, target: str) -> Iterator[tuple[Regime, str]]:
    """Yield the regimes that a rule covers for a target, and why, in words."""
    for regime in REGIMES:
        if regime not in rule.regimes:
            continue
        if rule.basis != "adequacy":
            yield regime, _words(rule)
        elif (reason := adequate(law, regime, target, rule.meets)) is not None:
            yield regime, reason


def adequate(law: Law, regime: Regime, country: str, meets: frozenset[str] = frozenset()) -> str | None:
    """Return why a country is adequate to a regime on ``law.day``: home, or a decision's id; None where it is not.

    A decision that holds for some recipients only counts where ``meets`` names it.
    """
    if country in law.homes[regime]:
        return f"{regime}: at home"
    for decision in law.adequacy:
        if (
            country in decision.countries
            and decision.regime == regime
            and decision.in_force(law.day)
            and (decision.condition is None or decision.id in meets)
        ):
            return f"{regime}: adequacy decision {decision.id}"
    return None


def _words(rule: TransferRule) -> str:
    if rule.basis == "inside":
        return "inside the approved jurisdictions"
    if rule.basis == "contract-clauses":
        return f"contract clauses, transfer impact assessed on {rule.assessed}"
    if rule.basis == "transitional":
        return f"transitional until {rule.expires}"
    return f"only after pseudonymisation: {rule.measure}"
