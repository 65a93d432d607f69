"""Change one line of a declaration's text, and not a letter else."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from located_yaml import ProblemsError, load
from located_yaml.files import read_bytes
from located_yaml.loader import loads

if TYPE_CHECKING:
    from pathlib import Path

    from located_yaml import Document

BY_HAND: Final = (
    "it does not stand in one line with its key, so this program does not change it; write it so, or by hand"
)


@dataclass(frozen=True)
class Edit:
    """A declaration's text with one line changed: where (FILE:LINE), the line before (None: it is added) and after."""

    text: str
    where: str
    before: str | None
    after: str

    def shown(self) -> list[str]:
        """Return the edit as a difference of texts shows it."""
        return [self.where, *([f"- {self.before}"] if self.before is not None else []), f"+ {self.after}"]


def with_value(file: Path, path: tuple[str, ...], value: str) -> Edit:
    """Return a declaration with another plain value at a path; a key that is not there yet is added to its table.

    Raises ProblemsError where that is no change of one line.
    """
    document = load(file)
    lines = read_bytes(file, str(file)).decode().split("\n")
    edit = _changed(document, lines, path, value) if document.holds(path) else _added(document, lines, path, value)
    if edit is None or _data(edit.text, document.file) != _wanted(document.data, path, value):
        raise ProblemsError([document.problem(path, BY_HAND)])
    return edit


def _changed(document: Document, lines: list[str], path: tuple[str, ...], value: str) -> Edit | None:
    at = document.position(path)
    line = lines[at.line - 1]
    for found in re.finditer(rf"{re.escape(path[-1])}['\"]?[ ]*:[ ]*(?P<value>['\"]?[\w.-]+['\"]?)", line):
        if at.column - 1 in (found.start(), found.start("value")):
            after = f"{line[: found.start('value')]}{value}{line[found.end('value') :]}"
            text = "\n".join((*lines[: at.line - 1], after, *lines[at.line :]))
            return Edit(text, f"{at.file}:{at.line}", line.rstrip("\r"), after.rstrip("\r"))
    return None


def _added(document: Document, lines: list[str], path: tuple[str, ...], value: str) -> Edit | None:
    """Add a key: into a table in one line at its end, else above the table's first key."""
    table = document.data
    for part in path[:-1]:
        table = table[part]
    at = document.position((*path[:-1], next(iter(table))))
    line, told = lines[at.line - 1], f"{path[-1]}: {value}"
    where = f"{at.file}:{at.line}"
    if re.search(r"\{.*\}", line):
        after = re.sub(r"\}([^}]*)$", rf", {told}}}\1", line)
        text = "\n".join((*lines[: at.line - 1], after, *lines[at.line :]))
        return Edit(text, where, line.rstrip("\r"), after.rstrip("\r"))
    ending = "\r" if line.endswith("\r") else ""
    after = f"{line[: len(line) - len(line.lstrip())]}{told}"
    return Edit("\n".join((*lines[: at.line - 1], after + ending, *lines[at.line - 1 :])), where, None, after)


def _data(text: str, file: str) -> Any:
    try:
        return loads(text, file).data
    except ProblemsError:
        return None


def _wanted(data: Any, path: tuple[str, ...], value: str) -> Any:
    wanted = copy.deepcopy(data)
    table = wanted
    for part in path[:-1]:
        table = table[part]
    table[path[-1]] = value
    return wanted
