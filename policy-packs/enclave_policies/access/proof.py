"""Whether a gateway's table keeps the law's promises, asked about its whole domain with the gateway's own decider."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from enclave_policies.access.domain import domain_of
from hosts.gateway.bundle import POLICIES, SCHEMA, SETTINGS, settings_of
from hosts.gateway.decision import FAULT, Decider
from hosts.gateway.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.access.domain import Domain
    from enclave_policies.law.access import Never
    from hosts.gateway.decision import Answer, Question

MOST: Final = 3
"""Examples of one kind that are kept."""


@dataclass(frozen=True)
class Broken:
    """A question whose answer breaks a row of the law, with the rows of the table that permit it."""

    never: str
    question: Question
    answer: Answer


@dataclass(frozen=True)
class Proof:
    """What came out: ``wrong`` says why nothing could be asked, ``untraced`` are answers that no row gives."""

    domain: Domain | None = None
    wrong: str = ""
    broken: tuple[Broken, ...] = ()
    untraced: tuple[tuple[Question, Answer], ...] = ()


def proof_of(files: Mapping[str, str], never: tuple[Never, ...], countries: tuple[str, ...]) -> Proof:
    """Return the proof of a bundle under a law; asked once for the same files and law."""
    return _proof(files[POLICIES], files[SCHEMA], files[SETTINGS], never, countries)


@lru_cache(maxsize=16)
def _proof(
    policies: str, schema: str, settings_text: str, never: tuple[Never, ...], countries: tuple[str, ...]
) -> Proof:
    try:
        settings = settings_of(settings_text)
        decider = Decider(policies, schema, settings.results)
        domain = domain_of(policies, settings, never, countries)
    except (BundleError, ValueError) as error:
        return Proof(wrong=str(error))
    broken: dict[str, list[Broken]] = {}
    untraced: list[tuple[Question, Answer]] = []
    for question in domain.questions():
        answer = decider.answer(question)
        if answer.reason == FAULT or (answer.passes and not set(answer.rows) <= set(settings.results)):
            untraced.append((question, answer))
        if not answer.passes:
            continue
        for row in never:
            if row.forbids(question.data_class, question.location, question.controlled_from):
                broken.setdefault(row.id, []).append(Broken(row.id, question, answer))
    return Proof(
        domain,
        broken=tuple(one for found in broken.values() for one in found[:MOST]),
        untraced=tuple(untraced[:MOST]),
    )
