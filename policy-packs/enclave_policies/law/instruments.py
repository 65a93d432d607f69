"""The legal instruments of a law: adequacy decisions, transfer rules and exceptions, each with its days of validity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

Regime = Literal["eu", "uk", "ch"]
"""Whose law: EU GDPR (with the EEA), UK GDPR, Swiss Federal Act on Data Protection."""
REGIMES: tuple[Regime, ...] = ("eu", "uk", "ch")

Movement = Literal["copy", "link", "import", "remote_access"]
"""How data moves: a copy is kept there, a path leads there, it comes from there, it is read from there."""
MOVEMENTS: tuple[Movement, ...] = ("copy", "link", "import", "remote_access")

BasisKind = Literal["inside", "adequacy", "contract-clauses", "transitional", "pseudonymised"]

Status = Literal["in-force", "suspended", "repealed", "expired"]


@dataclass(frozen=True, slots=True)
class AdequacyDecision:
    """One regime's decision that countries protect personal data well enough.

    No ``countries``: it is about an international organisation and covers no place. ``condition`` says for whom it
    holds where it does not hold for everyone there; a transfer rule must then say that the recipient meets it.
    ``effective`` is the first day, ``expires`` the last one, None where there is none.
    """

    id: str
    regime: Regime
    countries: frozenset[str]
    scope: str
    condition: str | None
    status: Status
    adopted: date
    effective: date
    expires: date | None

    def in_force(self, day: date) -> bool:
        """Return whether the decision holds on ``day``."""
        return self.status == "in-force" and self.effective <= day and (self.expires is None or day <= self.expires)


@dataclass(frozen=True, slots=True)
class TransferRule:
    """Permission for movements from some countries to others, on a legal basis that each regime asks for.

    ``sources`` and ``targets`` are countries; ``meets`` names the conditional adequacy decisions whose conditions the
    recipient meets; ``classes`` hold nothing but what a measure has made of data (a pseudonymised rule's);
    ``last_day`` is the last day of validity (of a transitional rule, or of an assessment).
    """

    id: str
    basis: BasisKind
    sources: frozenset[str]
    targets: frozenset[str]
    movements: frozenset[Movement]
    regimes: frozenset[Regime]
    assessed: date | None = None
    expires: date | None = None
    last_day: date | None = None
    measure: str | None = None
    meets: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()

    def lets_copy(self, classes: frozenset[str]) -> bool:
        """Return whether a resource may copy data of these classes itself by this rule, and no de-identifier does."""
        return self.basis != "pseudonymised" or (bool(classes) and classes <= self.classes)

    def in_force(self, day: date) -> bool:
        """Return whether the rule may be used on ``day``."""
        return (self.assessed is None or self.assessed <= day) and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class PlacementRule:
    """Permission for data of some classes to rest in some countries, for some regimes; ``line`` is FILE:LINE of it."""

    id: str
    classes: frozenset[str]
    regimes: frozenset[Regime]
    countries: frozenset[str]
    line: str


@dataclass(frozen=True, slots=True)
class ExceptionGrant:
    """A dated permission to break named rules: for one URN, or for what a narrow selector matches.

    ``name`` (exact, or a prefix with one ``*`` at its end), ``type`` and ``stack`` (None: any) belong to a selector;
    ``position`` is file:line:column. ``expires`` is the last day.
    """

    id: str
    rules: frozenset[str]
    owner: str
    approver: str
    reason: str
    ticket: str
    granted: date
    expires: date
    position: str
    urn: str | None = None
    type: str | None = None
    name: str | None = None
    stack: str | None = None

    def in_force(self, day: date) -> bool:
        """Return whether the exception holds on ``day``."""
        return self.granted <= day <= self.expires
