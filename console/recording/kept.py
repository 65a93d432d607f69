"""Where the record of each stack's last run is kept, until a report is made of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console.whole_file import write
from evidence.record.files import RecordError, read, written
from located_yaml import Position, Problem, ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from evidence.record.model import Record

PROJECT: Final = Path(__file__).resolve().parents[2]
ELSEWHERE: Final = "ENCLAVE_EVIDENCE"
"""The environment variable that names another folder than the project's own."""
NAME: Final = "record.json"
PUBLIC: Final = "stand-in.pub"
PRIVATE: Final = 0o600
LARGEST: Final = 500_000_000
"""Bytes of a record: that of the largest state that is read."""


def folder() -> Path:
    """Return where records, bundles and the stand-in's key are."""
    named = os.environ.get(ELSEWHERE)
    return Path(named) if named else PROJECT / ".evidence"


def stand_in_public() -> Path:
    """Return the file of the public key by which a sandbox's stand-in signs bundles and statements."""
    return folder() / PUBLIC


def file_of(stack: str) -> Path:
    """Return where the record of a stack's last run is."""
    return folder() / stack / NAME


def keep(record: Record) -> Path:
    """Write down the record of a run in the place of the one before. Raises ProblemsError where that fails."""
    file = file_of(record.run.stack)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write(file, written(record), PRIVATE)
    except OSError as error:
        message = (
            f"the record of this run cannot be written ({error.strerror or error}); make room for it, or free the way"
        )
        raise ProblemsError([Problem(Position(shown(file), 1, 1), message)]) from None
    return file


def kept(stack: str) -> Record:
    """Return the record of a stack's last run. Raises ProblemsError where there is none, or it cannot be read."""
    file = file_of(stack)
    record = record_in(file, f"there is no run of the stack '{stack}' to report; run `enclave preview {stack}`")
    if record.run.stack != stack:
        message = f"is of the stack '{record.run.stack[:80]}', and not of '{stack}'; run `enclave preview {stack}`"
        raise ProblemsError([Problem(Position(shown(file), 1, 1), message)])
    return record


def record_in(file: Path, missing: str = "there is no such file") -> Record:
    """Return the record that a file holds. Raises ProblemsError; ``missing`` is what it says where there is no file."""
    if not file.exists():
        raise ProblemsError([Problem(Position(shown(file), 1, 1), missing)])
    try:
        return read(read_bytes(file, shown(file), LARGEST), shown(file))
    except RecordError as error:
        raise ProblemsError([Problem(Position(shown(file), 1, 1), str(error))]) from None


def shown(file: Path) -> str:
    """Return a file as messages call it: inside the project by its path from there."""
    return file.relative_to(PROJECT).as_posix() if file.is_relative_to(PROJECT) else str(file)
