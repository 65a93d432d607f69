"""Read the plain text tables of law/types: lines that name types, and indented lines below that tell about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from located_yaml import Position, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Row(NamedTuple):
    """One indented line: the types that it tells about, its text without comment, and where it stands."""

    types: list[str]
    text: str
    file: Path
    line: int

    def problem(self, message: str) -> Problem:
        """Return a problem of this line."""
        return Problem(Position(str(self.file), self.line, 1), message)


def files_of(folder: Path) -> list[Path]:
    """Return the tables of a folder, judged.txt last: it overrules the generated ones."""
    return sorted(folder.glob("*.txt"), key=lambda file: (file.name == "judged.txt", file.name))


def rows(folder: Path) -> Iterator[Row]:
    """Yield every indented line of every table; an indented line above all types has none."""
    for file in files_of(folder):
        types: list[str] = []
        for number, line in enumerate(file.read_bytes().decode().splitlines(), 1):
            text = line.partition("#")[0]
            if not text or text.isspace():
                continue
            if text[0].isspace():
                yield Row(types, text.strip(), file, number)
            else:
                types = text.split()
