"""The one YAML loader: PyYAML's nodes with the YAML 1.2 core schema, duplicate keys refused, positions kept.

PyYAML itself follows YAML 1.1, where ``NO`` is false, ``12:30`` is 750 and the last of two equal keys wins.
Source of the tag rules: YAML 1.2.2, section 10.3 (core schema).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from located_yaml.problems import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Mapping

type_of_scalar = (
    (re.compile(r"null|Null|NULL|~|"), lambda _: None),
    (re.compile(r"true|True|TRUE|false|False|FALSE"), lambda text: text.lower() == "true"),
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, 0)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 0)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
)

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


def loads(text: str, file: str) -> Document:
    """Read YAML from a string; ``file`` is the name that messages carry. Raises ProblemsError like load."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file, 1, 1)
        raise ProblemsError([Problem(place, f"is not valid YAML: {error.problem}")]) from None
    except yaml.YAMLError as error:
        raise ProblemsError([Problem(Position(file, 1, 1), f"is not valid YAML: {error}")]) from None
    reader = _Reader(file)
    data = reader.value(node, ()) if node is not None else None
    if reader.problems:
        raise ProblemsError(reader.problems)
    return Document(file, data, reader.positions)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.positions: dict[Path_, Position] = {}
        self.problems: list[Problem] = []
        self.open: set[int] = set()

    def value(self, node: yaml.Node, path: Path_) -> Any:
        place = Position(self.file, node.start_mark.line + 1, node.start_mark.column + 1)
        self.positions.setdefault(path, place)
        if id(node) in self.open:
            self.problems.append(Problem(place, "an alias that contains itself; write the value out"))
            return None
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self.mapping(node, path)
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
            return scalar(node)
        finally:
            self.open.discard(id(node))

    def mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = Position(self.file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem(place, "a key must be a plain word"))
                continue
            key = str(key_node.value)  # a country code such as NO stays the word that was written
            if key in result:
                first = self.positions[(*path, key)].line
                message = f"key '{key}' is given twice (first on line {first}); remove one"
                self.problems.append(Problem(place, message))
                continue
            self.positions[*path, key] = place
            result[key] = self.value(value_node, (*path, key))
        return result


def scalar(node: yaml.Node) -> Any:
    """Return a scalar's value under the core schema; quoted text stays text."""
    text: str = node.value
    if isinstance(node, yaml.ScalarNode) and node.style is None:
        for pattern, convert in type_of_scalar:
            if pattern.fullmatch(text):
                return convert(text)
    return text


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
