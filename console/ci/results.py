"""What a run of the continuous integration came to, as a file that its later steps read: which pieces, ended how."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from console.ci.plain_files import content
from console.exit_codes import GOOD

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = "results.json"
VERSION: Final = 1


class ResultsError(Exception):
    """The file is none of ours; the text is for the user."""


@dataclass(frozen=True)
class Piece:
    """A piece of work and its exit code; ``texts`` are Markdown files about it, by their path below the folder."""

    what: str
    code: int
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Results:
    """A run: its pieces, its exit code, and a sentence for what was not judged (empty: nothing).

    ``notes`` are sentences that change no verdict. ``title`` is the headline of an issue, where there is one.
    """

    pieces: tuple[Piece, ...] = ()
    code: int = GOOD
    undone: str = ""
    notes: tuple[str, ...] = ()
    title: str = ""


def write(results: Results, folder: Path) -> None:
    """Write the file into a folder, which is made. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = {"version": VERSION, **asdict(results)}
    (folder / NAME).write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")


def read(folder: Path) -> Results | None:
    """Return what a folder tells; None where there is no such file. Raises ResultsError."""
    try:
        plain: Any = json.loads(content(folder / NAME))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise ResultsError(f"{folder / NAME} cannot be read ({type(error).__name__})") from None
    try:
        if plain["version"] != VERSION:
            raise ResultsError(f"{folder / NAME} is of version {plain['version']}; this program reads {VERSION}")
        pieces = tuple(
            Piece(str(one["what"]), int(one["code"]), tuple(_inside(text) for text in one["texts"]))
            for one in plain["pieces"]
        )
        notes = tuple(map(str, plain["notes"]))
        return Results(pieces, int(plain["code"]), str(plain["undone"]), notes, str(plain["title"]))
    except (KeyError, TypeError, ValueError):
        raise ResultsError(f"{folder / NAME} is not as `python -m console.ci` writes it") from None


def _inside(path: Any) -> str:
    """Return a path that leads nowhere else. Raises ValueError."""
    parts = str(path).split("/")
    if ".." in parts or "" in parts or "\\" in str(path):
        raise ValueError(path)
    return str(path)
