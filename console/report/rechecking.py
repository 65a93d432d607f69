"""`enclave recheck`: compute a bundle's record again from an exported state, and tell what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console import terminal
from console.day import day
from console.document import document
from console.exit_codes import GOOD, REFUSED
from console.report.around import around
from console.report.changes import as_fields, lines
from console.report.opened import opened
from evidence.comparison.common import rechecked
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from console.report.opened import Opened
    from evidence.comparison.common import Rechecked


def recheck(bundle: Path, state: Path, key: Path | None, *, json: bool) -> int:
    """Judge a state by today's rules and as of the record's day, and say what comes out otherwise."""
    from console.recording.of_state import state_record  # noqa: PLC0415 (it loads every rule)

    given = opened(bundle, key)
    record = given.record
    if not record.resources:
        message = f"holds a record without resources ({'; '.join(record.run.reasons) or 'nothing was judged'})"
        raise ProblemsError([Problem(Position(str(bundle), 1, 1), f"{message}; recheck a run that judged some")])
    with around(record.run.stack) as notes:
        again = state_record(record.run.stack, state, day(record.run.as_of))
    found = rechecked(record, again)
    equal = not found.differences and not given.problems
    if json:
        terminal.document(document("recheck", _fields(given, found, notes, equal=equal)))
    else:
        terminal.out(_lines(bundle, given, found, notes))
    return GOOD if equal else REFUSED


def _fields(given: Opened, found: Rechecked, notes: Sequence[str], *, equal: bool) -> dict[str, Any]:
    run = given.record.run
    return {
        "verdict": "equal" if equal else "different",
        "stack": run.stack,
        "as_of": run.as_of,
        "signed": given.signed,
        "problems": list(given.problems),
        "same_state": found.same_state,
        "answers": found.answers,
        "causes": as_fields(found.causes),
        "differences": as_fields(found.differences),
        "not_compared": list(found.left_out),
        "notes": list(notes),
    }


def _lines(bundle: Path, given: Opened, found: Rechecked, notes: Sequence[str]) -> Iterator[str]:
    run = given.record.run
    if given.problems:
        yield f"{bundle}: not as it was signed"
        yield from (f"  {problem}" for problem in given.problems)
    elif not given.signed:
        yield f"{bundle}: nobody's signature was checked; --key PUBLIC-KEY checks it"
    yield from notes
    if found.same_state is False:
        yield "the state is another one than the run left, or was exported in another form"
    if found.causes:
        yield "judged by something else than then, which may be the cause:"
        yield from lines(found.causes)
    yield from lines(found.differences)
    for one in found.left_out:
        yield f"not compared: {one}"
    about = f"the {run.command} of {run.stack} of {run.moment}, as of {run.as_of}"
    if found.differences:
        yield f"{bundle}: {len(found.differences)} differences to {about}; {found.answers:,} answers were compared"
    else:
        yield f"{bundle}: equal to {about}: {found.answers:,} answers, and all that was found, placed and proved"
