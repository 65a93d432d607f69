"""What a record of a run and one that was computed again from a state can both say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from evidence.comparison.comparing import compared
from evidence.comparison.grounds import inputs

if TYPE_CHECKING:
    from collections.abc import Collection

    from evidence.comparison.change import Change
    from evidence.record.model import Record

STANDS: Final = frozenset({"same", "stands", "refresh"})
"""What the engine does with a resource that is in the state as it is in the plan."""
NO_ANSWER: Final = "not-checked"


@dataclass(frozen=True)
class Rechecked:
    """How a record stands to the one that was computed again.

    ``causes`` are what both were judged by, where it is not the same. ``left_out`` tells what could not be compared.
    ``answers`` counts the pairs of a resource and a rule that were compared.
    """

    causes: tuple[Change, ...]
    differences: tuple[Change, ...]
    left_out: tuple[str, ...]
    answers: int
    same_state: bool | None


def rechecked(record: Record, again: Record) -> Rechecked:
    """Compare what both can say: a plan is no state, so what it would change is left out."""
    planned = record.run.phase in ("foretold", "plan")
    moving = {one.urn for one in record.resources if one.step not in STANDS} if planned else set()
    unjudged = {one.what for one in record.not_checked if one.kind == "step"}
    old, new = _without(record, moving | unjudged), _without(again, moving | unjudged)
    causes = tuple(inputs(old, new))
    found = [one for one in compared(old, new) if one.kind != "tool" and one not in causes]
    silent = [one for one in found if one.before.startswith(NO_ANSWER)]
    left_out = (
        *((f"{len(moving)} resources that the plan would change",) if moving else ()),
        *((f"{len(unjudged)} resources that the engine showed to no pack",) if unjudged else ()),
        *((f"{len(silent)} answers that the run did not get",) if silent else ()),
        *(("permitted ways, which the run did not know",) if not old.enclave.network.known else ()),
    )
    urns = {one.urn for one in old.resources}
    pairs = sum(len(new.profiles[one.asked]) for one in new.resources if one.urn in urns)
    differences = tuple(one for one in found if one not in silent)
    return Rechecked(causes, differences, left_out, pairs - len(silent), _same_state(record, again))


def _without(record: Record, urns: Collection[str]) -> Record:
    """Return a record without some resources, and without what only its own kind of run can say."""
    kept = [number for number, one in enumerate(record.resources) if one.urn not in urns]
    places = {number: place for place, number in enumerate(kept)}
    return record.model_copy(
        update={
            "resources": tuple(record.resources[number] for number in kept),
            "findings": tuple(
                one.model_copy(update={"resource": places[one.resource]})
                for one in record.findings
                if one.resource in places
            ),
            "not_checked": tuple(one for one in record.not_checked if one.kind == "fact"),
        }
    )


def _same_state(record: Record, again: Record) -> bool | None:
    """Return whether both are of the same state; None where the run does not say which it left."""
    states = [[one.sha256 for one in each.inputs if one.role == "state"] for each in (record, again)]
    return states[0] == states[1] if states[0] else None
