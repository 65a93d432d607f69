"""`enclave diff`: what changed between two audits, sorted by what got worse."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from console import terminal
from console.document import document
from console.exit_codes import GOOD, REFUSED
from console.report.changes import as_fields, lines
from console.report.opened import opened
from evidence.comparison.comparing import compared
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from console.report.opened import Opened
    from evidence.comparison.change import Change
    from evidence.record.model import Record


def diff(old: Path, new: Path, key: Path | None, *, json: bool) -> int:
    """Say what differs between two records or bundles of one stack; 1 where something got worse."""
    given = [opened(path, key) for path in (old, new)]
    _refuse(given, (old, new))
    before, after = (one.record for one in given)
    changes = compared(before, after)
    worse = any(one.grade == "worse" for one in changes)
    if json:
        terminal.document(document("diff", _fields(before, after, changes, worse=worse)))
    else:
        terminal.out(_lines(before, after, changes))
    return REFUSED if worse else GOOD


def _refuse(given: Sequence[Opened], paths: Sequence[Path]) -> None:
    """Raise ProblemsError where two records cannot be compared, or one is not what its key signed."""
    problems = [
        Problem(Position(str(path), 1, 1), f"is not as it was signed: {problem}")
        for one, path in zip(given, paths, strict=True)
        for problem in one.problems
    ]
    old, new = (one.record.run for one in given)
    if old.stack != new.stack:
        message = f"is of the stack '{new.stack}', and the other one of '{old.stack}'; compare two of one stack"
        problems.append(Problem(Position(str(paths[1]), 1, 1), message))
    if problems:
        raise ProblemsError(problems)


def _fields(before: Record, after: Record, changes: Sequence[Change], *, worse: bool) -> dict[str, Any]:
    return {
        "verdict": "worse" if worse else "changed" if changes else "equal",
        "stack": after.run.stack,
        "old": _run(before),
        "new": _run(after),
        "counts": _counts(changes),
        "changes": as_fields(changes),
    }


def _run(record: Record) -> dict[str, Any]:
    run = record.run
    return {
        "command": run.command,
        "moment": run.moment,
        "as_of": run.as_of,
        "outcome": run.outcome,
        "commit": run.commit,
        "summary": record.summary.model_dump(),
    }


def _counts(changes: Sequence[Change]) -> dict[str, int]:
    counts = Counter(one.grade for one in changes)
    return {grade: counts[grade] for grade in ("worse", "changed", "better")}


def _lines(before: Record, after: Record, changes: Sequence[Change]) -> Iterator[str]:
    for mark, record in (("old", before), ("new", after)):
        run = record.run
        yield f"{mark}: {run.command} of {run.stack} of {run.moment}, as of {run.as_of}: {run.outcome}"
    yield from lines(changes)
    counts = _counts(changes)
    yield ", ".join(f"{count:,} {grade}" for grade, count in counts.items())
