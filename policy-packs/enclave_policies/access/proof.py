"""Whether a gateway's table keeps the law's promises, asked about its whole domain with the gateway's own decider."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from enclave_policies.access.domain import domain_of
from hosts.gateway.bundle import POLICIES, SCHEMA, SETTINGS, settings_of
from hosts.gateway.decision import FAULT, Decider
from hosts.gateway.errors import BundleError
from hosts.gateway.grant_terms import LONGEST, LONGEST_BREAK_GLASS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.access.domain import Domain
    from enclave_policies.law.access import Never
    from hosts.gateway.bundle import Settings
    from hosts.gateway.decision import Answer, Question

MOST: Final = 3
"""Examples of one kind that are kept."""
LIMITS: Final[Mapping[bool, int]] = {False: LONGEST, True: LONGEST_BREAK_GLASS}
"""Minutes that a grant lasts at most, by whether it is one of break-glass."""


@dataclass(frozen=True)
class Broken:
    """A question whose answer breaks a row of the law, with the rows of the table that permit it."""

    never: str
    question: Question
    answer: Answer


@dataclass(frozen=True)
class Proof:
    """What came out: ``wrong`` says why nothing could be asked, ``untraced`` are answers that no row gives.

    ``long`` are answers to whose yes a limit leads that lets grants last longer than any may.
    """

    domain: Domain | None = None
    wrong: str = ""
    broken: tuple[Broken, ...] = ()
    untraced: tuple[tuple[Question, Answer], ...] = ()
    long: tuple[tuple[Question, Answer], ...] = ()


def proof_of(files: Mapping[str, str], never: tuple[Never, ...], countries: tuple[str, ...]) -> Proof:
    """Return the proof of a bundle under a law; asked once for the same files and law."""
    return _proof(files[POLICIES], files[SCHEMA], files[SETTINGS], never, countries)


@lru_cache(maxsize=16)
def _proof(
    policies: str, schema: str, settings_text: str, never: tuple[Never, ...], countries: tuple[str, ...]
) -> Proof:
    try:
        settings = settings_of(settings_text)
        decider = decider_of(policies, schema, settings)
        domain = domain_of(policies, settings, never, countries)
    except (BundleError, ValueError) as error:
        return Proof(wrong=str(error))
    broken: dict[str, list[Broken]] = {}
    untraced: list[tuple[Question, Answer]] = []
    long: list[tuple[Question, Answer]] = []
    for question in domain.questions():
        answer = decider.answer(question)
        if answer.reason == FAULT or (answer.passes and not set(answer.rows) <= set(settings.results)):
            untraced.append((question, answer))
        if not answer.passes:
            continue
        if _hangs_on_a_long_grant(question, decider, domain):
            long.append((question, answer))
        for row in never:
            if row.forbids(question.data_class, question.location, question.controlled_from):
                broken.setdefault(row.id, []).append(Broken(row.id, question, answer))
    return Proof(
        domain,
        broken=tuple(one for found in broken.values() for one in found[:MOST]),
        untraced=tuple(untraced[:MOST]),
        long=tuple(long[:MOST]),
    )


def decider_of(policies: str, schema: str, settings: Settings) -> Decider:
    """Return the decider of a bundle, the same for sites whose tables are the same. Raises BundleError."""
    return _decider(policies, schema, tuple(sorted(settings.results.items())))


@lru_cache(maxsize=16)
def _decider(policies: str, schema: str, results: tuple[tuple[str, str], ...]) -> Decider:
    return Decider(policies, schema, dict(results))


def _hangs_on_a_long_grant(question: Question, decider: Decider, domain: Domain) -> bool:
    """Return whether a table limits a grant that it says yes to, and by more than a grant may last.

    Where the longest of all passes too, or break-glass makes no difference, there is no such limit.
    """
    grant = question.grant
    if grant.minutes <= LIMITS[grant.break_glass]:
        return False
    others = [replace(grant, minutes=max(one.minutes for one in domain.grants))]
    if grant.break_glass and grant.minutes <= LONGEST:
        others = [replace(grant, break_glass=False)]
    return not any(decider.answer(replace(question, grant=other)).passes for other in others)
