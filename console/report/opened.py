"""A record that a command is given: a bundle's folder, whose signature may be asked for, or a record's file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.public_key import public
from console.recording.kept import record_in, shown
from evidence.bundle.checking import Expected, check
from evidence.bundle.contents import RECORD
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.record.model import Record


@dataclass(frozen=True)
class Opened:
    """A record, whether somebody's key signed it, and what is wrong with its bundle."""

    record: Record
    signed: bool
    problems: tuple[str, ...] = ()


def opened(path: Path, key: Path | None) -> Opened:
    """Return the record at a path. Raises ProblemsError where there is none.

    With a key the whole bundle is checked; without one nobody vouches for the record.
    """
    if not path.is_dir():
        if key is not None:
            message = "is no folder of a bundle, and a record alone is signed by nobody; leave --key out"
            raise ProblemsError([Problem(Position(shown(path), 1, 1), message)])
        return Opened(record_in(path), signed=False)
    if key is None:
        return Opened(record_in(path / RECORD, "there is no such file, so this is no folder of a bundle"), signed=False)
    found = check(path, public(key), Expected())
    record = found.record or record_in(path / RECORD)
    return Opened(record, signed=not found.problems, problems=found.problems)
