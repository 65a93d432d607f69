"""A question to a gateway's table, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hosts.gateway.decision import Grant, Question


def in_words(question: Question) -> str:
    """Return who asks about what, from where, for whom they work, and with what kind of grant."""
    return (
        f"{question.data_class} data for {question.purpose}, to a person in {question.location} employed by "
        f"{question.employer}, which is controlled from {question.controlled_from}, with {_grant(question.grant)}"
    )


def _grant(grant: Grant) -> str:
    given = [
        *(["a ticket"] if grant.ticket else []),
        *(["no approver", "one approver"][grant.approvers : grant.approvers + 1] or [f"{grant.approvers} approvers"]),
        *([f"a grant for {grant.minutes} min"] if grant.minutes else []),
        *(["break-glass"] if grant.break_glass else []),
    ]
    return ", ".join(given)
