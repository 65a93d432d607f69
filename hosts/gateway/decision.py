"""The decision about one request: Cedar over the bundle's policies, and no for whatever is unclear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cedarpy import Entities, PolicySet, Schema, is_authorized, validate_policies

from hosts.gateway.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Mapping

ALLOW: Final = "allow"
PSEUDONYMISE: Final = "pseudonymise"
DENY: Final = "deny"
STRICTEST_FIRST: Final = (DENY, PSEUDONYMISE, ALLOW)

MOST_KNOWN: Final = 50_000
"""Answers that are kept: some tens of megabytes."""
NO_ROW: Final = "no-row"
FAULT: Final = "policy-fault"


@dataclass(frozen=True)
class Grant:
    """What a just-in-time grant proves; the default is: there is none.

    ``minutes`` is how long it was given for in all, ``approvers`` how many people other than the requester signed it.
    """

    ticket: bool = False
    approvers: int = 0
    minutes: int = 0
    break_glass: bool = False


NONE: Final = Grant()


@dataclass(frozen=True)
class Question:
    """One request in the terms of the table: who is asking from where, for whom they work, about what, and why."""

    person: str
    location: str
    employer: str
    controlled_from: str
    data_class: str
    purpose: str
    grant: Grant = NONE


@dataclass(frozen=True)
class Answer:
    """``result`` is allow, pseudonymise or deny; ``rows`` of the table decided; ``reason`` says why not."""

    result: str
    rows: tuple[str, ...] = ()
    reason: str = ""

    @property
    def passes(self) -> bool:
        """Whether the request goes on to the data, as it is or pseudonymised."""
        return self.result != DENY


class Decider:
    """Answers questions by the policies of one bundle, which are parsed once."""

    def __init__(self, policies: str, schema: str, results: Mapping[str, str]) -> None:
        """``results`` maps each row that permits to what it permits. Raises BundleError for policies that are wrong."""
        try:
            self._schema = Schema.from_str(schema)
            self._policies = PolicySet.from_str(policies)
        except ValueError as error:
            raise BundleError(f"the policies cannot be parsed ({error}); deploy a bundle that was checked") from None
        checked = validate_policies(policies, self._schema)
        if not checked.validation_passed:
            wrong = "; ".join(str(error) for error in checked.errors)
            raise BundleError(f"the policies do not fit their schema ({wrong}); deploy a bundle that was checked")
        self._entities = Entities.from_json_str("[]")
        self._results = results
        self._known: dict[Question, Answer] = {}

    def answer(self, question: Question) -> Answer:
        """Return the answer; where several rows permit, the strictest of them counts.

        The same question has the same answer as long as the policies are these, so it is worked out once.
        """
        known = self._known.get(question)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[question] = self._decided(question)
        return known

    def _decided(self, question: Question) -> Answer:
        decided = is_authorized(request_of(question), self._policies, self._entities)
        by_id = decided.diagnostics.id_annotations_by_reason
        rows = tuple(sorted(by_id.get(reason, reason) for reason in decided.diagnostics.reasons))
        if decided.diagnostics.errors:  # a policy that fails is skipped by Cedar, and it may have been a "forbid"
            return Answer(DENY, rows, FAULT)
        if not decided.allowed:
            return Answer(DENY, rows, rows[0] if rows else NO_ROW)
        results = {self._results.get(row, DENY) for row in rows}
        result = next((each for each in STRICTEST_FIRST if each in results), DENY)
        return Answer(result, rows, "" if result != DENY else FAULT)


def request_of(question: Question) -> dict[str, Any]:
    """Return a question as Cedar takes it."""
    grant = question.grant
    return {
        "principal": {"type": "Person", "id": question.person},
        "action": {"type": "Action", "id": "access"},
        "resource": {"type": "DataClass", "id": question.data_class},
        "context": {
            "location": question.location,
            "employer": question.employer,
            "controlled_from": question.controlled_from,
            "purpose": question.purpose,
            "grant": {
                "ticket": grant.ticket,
                "approvers": grant.approvers,
                "minutes": grant.minutes,
                "break_glass": grant.break_glass,
            },
        },
    }
