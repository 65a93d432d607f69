"""The one YAML loader: PyYAML's parser with the YAML 1.2 core schema, duplicate keys refused, positions kept.

PyYAML itself follows YAML 1.1, where ``NO`` is false, ``12:30`` is 750 and the last of two equal keys wins.
Source of the tag rules: YAML 1.2.2, section 10.3 (core schema).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from located_yaml.events import FASTEST, read
from located_yaml.files import read_text
from located_yaml.marks import at, below, place
from located_yaml.problems import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from located_yaml.events import Parser
    from located_yaml.marks import Mark

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

LARGEST: Final = 1_000_000
"""Letters of a file: it is read in about a second, and nobody reviews a longer one."""


@dataclass(frozen=True)
class Document:
    """The plain data of one file, and where each part of it stands."""

    file: str
    data: Any
    marks: Mark

    def position(self, path: Path_) -> Position:
        """Return where ``path`` stands, or the nearest parent that is written in the file."""
        found = self.marks
        for part in path:
            inner = below(found, part)
            if inner is None:
                break
            found = inner
        return place(self.file, found)

    def holds(self, path: Path_) -> bool:
        """Return whether ``path`` is written in the file."""
        found: Mark | None = self.marks
        for part in path:
            found = None if found is None else below(found, part)
        return found is not None

    def problem(self, path: Path_, message: str) -> Problem:
        """Return a problem at ``path``."""
        return Problem(self.position(path), message)


def load(path: Path, *, shown_as: str | None = None) -> Document:
    """Read one YAML file.

    Raises ProblemsError for a file that cannot be read, is not YAML, is not UTF-8, repeats a key, or uses tags, anchors
    or several documents (none of which a declaration or a law needs).
    """
    file = shown_as or _shown(path)
    return loads(read_text(path, file), file)


def loads(text: str, file: str, parser: Parser | None = FASTEST) -> Document:
    """Read YAML from a string; ``file`` is the name that messages carry. Raises ProblemsError like load.

    ``parser`` None: PyYAML's own, which gives the same as FASTEST, more slowly.
    """
    if len(text) > LARGEST:
        message = f"holds {len(text):,} letters, {LARGEST:,} are the limit; split it, or leave out what nobody needs"
        raise ProblemsError([Problem(Position(file, 1, 1), message)])
    reader = read(text, file, parser, _Reader)
    if reader.problems:
        raise ProblemsError(reader.problems)
    return Document(file, reader.data, reader.mark)


class _Reader:
    """Builds plain data from events, and notes where each part begins."""

    def __init__(self, file: str, events: Iterator[Any]) -> None:
        self.file = file
        self.next = events.__next__
        self.problems: list[Problem] = []
        self.mark: Mark = 0
        self.data = self.document()

    def document(self) -> Any:
        """Return the one document's data, None for an empty text."""
        self.next()  # the stream's start
        event = self.next()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        data, self.mark = self.value(self.next())
        self.next()  # the document's end
        event = self.next()
        if not isinstance(event, yaml.StreamEndEvent):
            self.refused(event, "is not valid YAML: expected a single document, but found another document")
            raise ProblemsError(self.problems)
        return data

    def value(self, event: Any) -> tuple[Any, Mark]:
        """Return the value that begins with ``event``, and where it is; its problems are noted, its events used up."""
        if isinstance(event, yaml.AliasEvent):
            self.refused(event, f"'*{event.anchor}' repeats a value by reference; write the value out")
            return None, at(event)
        if event.anchor is not None:
            self.refused(event, f"'&{event.anchor}' is an anchor, which is not read here; remove it")
        if event.tag is not None:
            self.refused(event, f"'{event.tag}' is a tag, which is not read here; remove it")
        if isinstance(event, yaml.ScalarEvent):
            return scalar(event.value) if event.implicit[0] else event.value, at(event)
        return self.sequence(event) if isinstance(event, yaml.SequenceStartEvent) else self.mapping(event)

    def sequence(self, start: Any) -> tuple[list[Any], Mark]:
        """Return a list whose start is used up."""
        result: list[Any] = []
        marks: list[Mark] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            value, mark = self.value(event)
            result.append(value)
            marks.append(mark)
        return result, (at(start), marks)

    def mapping(self, start: Any) -> tuple[dict[str, Any], Mark]:
        """Return a mapping whose start is used up; an entry stands where its key does."""
        result: dict[str, Any] = {}
        marks: dict[str, Mark] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self.refused(event, "a key must be a plain word")
                if not isinstance(event, yaml.AliasEvent):
                    self.skip()
                self.skip_value()
                continue
            key = str(event.value)  # a country code such as NO stays the word that was written
            if key in result:
                first = place(self.file, marks[key]).line
                self.refused(event, f"key '{key}' is given twice (first on line {first}); remove one")
                self.skip_value()
                continue
            result[key], mark = self.value(self.next())
            marks[key] = at(event) if isinstance(mark, int) else (at(event), mark[1])
        return result, (at(start), marks)

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
        self.problems.append(Problem(place(self.file, at(event)), message))


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
    """Return how messages call a file: from here on, where it lies below this folder. Links are left as they are."""
    try:
        return os.path.relpath(path) if Path(os.path.abspath(path)).is_relative_to(Path.cwd()) else str(path)  # noqa: PTH100
    except (OSError, ValueError):
        return str(path)
