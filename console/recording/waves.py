"""What a record says of the waves that are declared: how far each is, by its journals, and what was signed of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.recording.kept import folder
from console.recording.marked import line_at
from evidence.record.model import Wave
from hosts.wave.journal import JournalError
from hosts.wave.state import ORDER, state_in
from hosts.wave.wave import JOURNAL
from located_yaml import Position, Problem, ProblemsError
from located_yaml.files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from components.declaration import Declaration
    from hosts.wave.state import State
    from located_yaml import Document

EMPTY = "empty.dsse.json"
PROOFS = ("manifest.dsse.json", EMPTY)


def folder_of(stack: str, wave: str) -> Path:
    """Return where a wave's journals and manifests are, a folder for each bucket."""
    return folder() / stack / "waves" / wave


def state_at(file: Path) -> State:
    """Return the state that a journal tells, new where there is none. Raises ProblemsError."""
    try:
        return state_in(file)
    except JournalError as error:
        raise damaged(error) from None


def damaged(error: JournalError) -> ProblemsError:
    """Return a journal's fault as the console tells it."""
    return ProblemsError([Problem(Position(str(error.file), error.line, 1), error.words)])


def waves(stack: str, declaration: Declaration, document: Document, day: date) -> Iterator[Wave]:
    """Yield each declared wave."""
    for name, wave in declaration.waves.items():
        folders = [folder_of(stack, name) / bucket for bucket in wave.buckets]
        states = [state_at(each / JOURNAL) for each in folders]
        lefts = [state.left for state in states]
        yield Wave(
            name=name,
            source=wave.from_,
            target=wave.to,
            classes=tuple(wave.classes),
            delete_by=wave.delete_by.isoformat(),
            days=(wave.delete_by - day).days,
            readers=wave.readers or wave.from_,
            stage=min((state.stage for state in states), key=ORDER.index, default="new"),
            objects=sum(part.versions for state in states for part in state.parts),
            bytes=sum(part.bytes for state in states for part in state.parts),
            proved=bool(states) and all(state.statement for state in states),
            left=None if None in lefts or not lefts else sum(each or 0 for each in lefts),
            statements=tuple(
                read_text(each / proof, str(each / proof))
                for each in folders
                for proof in PROOFS
                if (each / proof).is_file()
            ),
            declared=line_at(document.position(("waves", name))),
        )
