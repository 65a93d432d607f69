"""The one YAML loader: PyYAML's parser with the YAML 1.2 core schema, duplicate keys refused, positions kept.

PyYAML itself follows YAML 1.1, where ``NO`` is false, ``12:30`` is 750 and the last of two equal keys wins.
Source of the tag rules: YAML 1.2.2, section 10.3 (core schema).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from located_yaml.events import FASTEST, events
from located_yaml.problems import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from located_yaml.events import Parser

type_of_scalar = (
    (re.compile(r"null|Null|NULL|~|"), lambda _: None),
    (re.compile(r"true|True|TRUE|false|False|FALSE"), lambda text: text.lower() == "true"),
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, 0)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 0)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
)

FIRST_CHARACTERS = frozenset("nN~tTfF0123456789+-.")  # of all that type_of_scalar matches: the rest is text

Path_ = tuple["str | int", ...]


@dataclass(frozen=True)
class Document:
    """The plain data of one file, and where each part of it stands."""

    file: str
    data: Any
    positions: Mapping[Path_, Position]

    def position(self, path: Path_) -> Position:
        """Return where ``path`` stands, or the nearest parent that is written in the file."""
        while path not in self.positions and path:
            path = path[:-1]
        return self.positions.get(path, Position(self.file, 1, 1))

    def problem(self, path: Path_, message: str) -> Problem:
        """Return a problem at ``path``."""
        return Problem(self.position(path), message)


def load(path: Path, *, shown_as: str | None = None) -> Document:
    """Read one YAML file.

    Raises ProblemsError for a file that cannot be read, is not YAML, is not UTF-8, repeats a key, or uses tags, anchors
    or several documents (none of which a declaration or a law needs).
    """
    file = shown_as or _shown(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ProblemsError([Problem(Position(file, 1, 1), f"cannot be read: {reason}")]) from None
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 (byte {error.start}); save the file as UTF-8"
        raise ProblemsError([Problem(Position(file, 1, 1), message)]) from None
    return loads(text, file)


def loads(text: str, file: str, parser: Parser | None = FASTEST) -> Document:
    """Read YAML from a string; ``file`` is the name that messages carry. Raises ProblemsError like load.

    ``parser`` None: PyYAML's own, which gives the same as FASTEST, more slowly.
    """
    reader = _Reader(file, events(text, file, parser))
    data = reader.document()
    if reader.problems:
        raise ProblemsError(reader.problems)
    return Document(file, data, reader.positions)


class _Reader:
    """Builds plain data from events, and notes where each part begins."""

    def __init__(self, file: str, events: list[Any]) -> None:
        self.file = file
        self.next = iter(events).__next__
        self.positions: dict[Path_, Position] = {}
        self.problems: list[Problem] = []

    def document(self) -> Any:
        """Return the one document's data, None for an empty text."""
        self.next()  # the stream's start
        event = self.next()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        data = self.value(self.next(), ())
        self.next()  # the document's end
        event = self.next()
        if not isinstance(event, yaml.StreamEndEvent):
            message = "is not valid YAML: expected a single document, but found another document"
            self.problems.append(Problem(self.place(event), message))
        return data

    def value(self, event: Any, path: Path_) -> Any:
        """Return the value that begins with ``event``; its problems are noted, and its events used up."""
        if path not in self.positions:
            self.positions[path] = self.place(event)
        if isinstance(event, yaml.AliasEvent):
            return self.refused(event, f"'*{event.anchor}' repeats a value by reference; write the value out")
        if event.anchor is not None:
            self.refused(event, f"'&{event.anchor}' is an anchor, which is not read here; remove it")
        if event.tag is not None:
            self.refused(event, f"'{event.tag}' is a tag, which is not read here; remove it")
        if isinstance(event, yaml.ScalarEvent):
            return scalar(event.value) if event.implicit[0] else event.value
        return self.sequence(path) if isinstance(event, yaml.SequenceStartEvent) else self.mapping(path)

    def sequence(self, path: Path_) -> list[Any]:
        """Return a list whose start is used up."""
        result: list[Any] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            result.append(self.value(event, (*path, len(result))))
        return result

    def mapping(self, path: Path_) -> dict[str, Any]:
        """Return a mapping whose start is used up."""
        result: dict[str, Any] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self.refused(event, "a key must be a plain word")
                if not isinstance(event, yaml.AliasEvent):
                    self.skip()
                self.skip_value()
                continue
            key = str(event.value)  # a country code such as NO stays the word that was written
            inner = (*path, key)
            if key in result:
                first = self.positions[inner].line
                self.refused(event, f"key '{key}' is given twice (first on line {first}); remove one")
                self.skip_value()
                continue
            self.positions[inner] = self.place(event)
            result[key] = self.value(self.next(), inner)
        return result

    def skip_value(self) -> None:
        """Use up the events of one value."""
        if isinstance(self.next(), yaml.CollectionStartEvent):
            self.skip()

    def skip(self) -> None:
        """Use up the events of a list or mapping whose start is used up."""
        depth = 1
        while depth:
            event = self.next()
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)

    def refused(self, event: Any, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.place(event), message))

    def place(self, event: Any) -> Position:
        """Return where an event begins."""
        mark = event.start_mark
        return Position(self.file, mark.line + 1, mark.column + 1)


def scalar(text: str) -> Any:
    """Return a plain (unquoted) scalar's value under the core schema."""
    if text and text[0] not in FIRST_CHARACTERS:
        return text
    for pattern, convert in type_of_scalar:
        if pattern.fullmatch(text):
            try:
                return convert(text)
            except ValueError:  # thousands of digits, which Python does not turn into a number
                return text
    return text


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
