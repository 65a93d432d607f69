"""Turn a document's data into frozen dataclasses: strict, nothing converted but days, every problem at its place.

A dataclass is the schema: its fields are the keys (``field(metadata=key("from"))`` where a key is no Python name),
those without a default are required. Known types: str (never blank), bool, int, date (YYYY-MM-DD), Literal,
``X | None``, ``tuple[X, ...]`` (a list), ``Mapping[K, V]`` (a table), other dataclasses; Annotated with Matching or
AtLeast.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from located_yaml.kinds import KINDS, kind_of
from located_yaml.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from located_yaml.loader import Document, Path_

Record = TypeVar("Record")
Read = Callable[[Any, "Path_", "Report"], Any]

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LONGEST = 80  # letters of a value that a message shows


@dataclass(frozen=True)
class Matching:
    """A text must match the whole pattern; ``meaning`` says so in words."""

    pattern: str
    meaning: str


@dataclass(frozen=True)
class AtLeast:
    """A number must be this large, a list or a table this long; ``most``: and no larger."""

    limit: int
    most: int | None = None


def key(name: str) -> Mapping[str, str]:
    """Return the metadata of a field whose key in the file is ``name``."""
    return {"key": name}


class Report:
    """The problems of one document, in the order in which they were found."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def refuse(self, path: Path_, message: str) -> None:
        """Note what is wrong at ``path``."""
        self.problems.append(self.document.problem(path, message))


def read_record(document: Document, model: type[Record]) -> Record:
    """Return the document's data as ``model``. Raises ProblemsError with everything that is wrong."""
    report = Report(document)
    record: Record = reader(cast("Hashable", model))(document.data, (), report)
    if report.problems:
        raise ProblemsError(report.problems)
    return record


@cache
def reader(hint: Any) -> Read:
    """Return the function that reads one value of a type; it gives None where it has noted a problem."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _constrained(*arguments)
    if origin in (Union, types.UnionType):
        return _optional(*(argument for argument in arguments if argument is not type(None)))
    if origin is Literal:
        return _choice(arguments)
    if origin is tuple:
        return _list(arguments[0])
    if origin in (dict, Mapping):
        return _table(*arguments)
    if is_dataclass(hint):
        return _record(hint)
    return {str: _text, bool: _plain(bool), int: _plain(int), date: _day}[hint]


def _constrained(hint: Any, constraint: Matching | AtLeast) -> Read:
    inner = reader(hint)
    if isinstance(constraint, Matching):
        fullmatch, meaning = re.compile(constraint.pattern).fullmatch, constraint.meaning

        def matching(value: Any, path: Path_, report: Report) -> Any:
            text = inner(value, path, report)
            if text is not None and not fullmatch(text):
                report.refuse(path, f"{name_of(path)}: {_shown(value)} is not {meaning}; correct it")
            return text

        return matching
    limit, most = constraint.limit, constraint.most

    def at_least(value: Any, path: Path_, report: Report) -> Any:
        result = inner(value, path, report)
        if isinstance(result, int) and result < limit:
            report.refuse(path, f"{name_of(path)}: {result} is too small; give at least {limit}")
        if isinstance(result, int) and most is not None and result > most:
            report.refuse(path, f"{name_of(path)}: {_shown(result)} is too large; give at most {most:,}")
        if isinstance(result, tuple | dict) and len(result) < limit:
            report.refuse(path, f"{name_of(path)}: has {len(result)} items; give at least {limit}")
        return result

    return at_least


def _optional(hint: Any) -> Read:
    inner = reader(hint)
    return lambda value, path, report: None if value is None else inner(value, path, report)


def _choice(allowed: tuple[Any, ...]) -> Read:
    words = ", ".join(_shown(choice) for choice in allowed)

    def choice(value: Any, path: Path_, report: Report) -> Any:
        if not any(type(value) is type(option) and value == option for option in allowed):
            report.refuse(path, f"{name_of(path)}: {_shown(value)} is not one of {words}; choose one")
        return value

    return choice


def _list(hint: Any) -> Read:
    inner = reader(hint)

    def items(value: Any, path: Path_, report: Report) -> Any:
        if not isinstance(value, list):
            return _wrong(value, path, report, "a list")
        for index in _said_before(value):
            report.refuse((*path, index), f"{name_of(path)}: {_shown(value[index])} is named twice; name each once")
        return tuple([inner(item, (*path, index), report) for index, item in enumerate(value)])

    return items


def _said_before(items: list[Any]) -> list[int]:
    """Return where a list has a text that stands there before: it would say nothing more."""
    seen: set[str] = set()
    found = []
    for index, item in enumerate(items):
        if isinstance(item, str):
            if item in seen:
                found.append(index)
            seen.add(item)
    return found


def _table(key_hint: Any, hint: Any) -> Read:
    read_key, inner = reader(key_hint), reader(hint)

    def table(value: Any, path: Path_, report: Report) -> Any:
        if not isinstance(value, dict):
            return _wrong(value, path, report, "a table")
        return {
            read_key(name, (*path, name), report): inner(item, (*path, name), report) for name, item in value.items()
        }

    return table


def _record(model: Any) -> Read:
    hints = get_type_hints(model, include_extras=True)
    by_key = {slot.metadata.get("key", slot.name): (slot.name, reader(hints[slot.name])) for slot in fields(model)}
    required = [
        slot.metadata.get("key", slot.name)
        for slot in fields(model)
        if slot.default is MISSING and slot.default_factory is MISSING
    ]

    def record(value: Any, path: Path_, report: Report) -> Any:
        if not isinstance(value, dict):
            return _wrong(value, path, report, f"a table with the keys {', '.join(by_key)}")
        before = len(report.problems)
        given = {}
        for name, item in value.items():
            if (known := by_key.get(name)) is None:
                report.refuse((*path, name), _unknown_key(name, list(by_key)))
            else:
                given[known[0]] = known[1](item, (*path, name), report)
        for name in required:
            if name not in value:
                report.refuse(path, f"'{name}' is missing; add it")
        return model(**given) if len(report.problems) == before else None

    return record


def _unknown_key(name: str, known: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 (only a mistake needs it)

    close = get_close_matches(name, known, 1) if len(name) <= LONGEST else []
    hint = f"did you mean '{close[0]}'?" if close else f"known here: {', '.join(known)}"
    return f"{_shown(name)} is not a key that the law knows; {hint}"


def _text(value: Any, path: Path_, report: Report) -> str | None:
    if value is None:
        report.refuse(path, f"{name_of(path)}: is empty; give a text")
        return None
    if not isinstance(value, str):
        _wrong(value, path, report, "a text", "; put it in quotes" if isinstance(value, int | float) else "")
        return None
    if not (text := value.strip()):
        report.refuse(path, f"{name_of(path)}: is empty; give a text")
    return text


def _plain(kind: type) -> Read:
    return lambda value, path, report: value if type(value) is kind else _wrong(value, path, report, KINDS[kind])


def _day(value: Any, path: Path_, report: Report) -> date | None:
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    report.refuse(path, f"{name_of(path)}: {_shown(value)} is not a day; write it as YYYY-MM-DD")
    return None


def _wrong(value: Any, path: Path_, report: Report, wanted: str, remedy: str = "") -> Any:
    """Note that a value is of the wrong kind; return None, for the caller to return."""
    report.refuse(path, f"{name_of(path)}: {_shown(value)} is not {wanted}{remedy or '; correct it'}")


def name_of(path: Path_) -> str:
    """Return a place in words: its key, with the item's number (from 1) where it is in a list."""
    if not path:
        return "the file"
    if isinstance(path[-1], int):
        return f"{name_of(path[:-1])}, item {path[-1] + 1}"
    return path[-1]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, list | dict):
        return kind_of(value)
    text = str(value)
    return f"'{text}'" if len(text) <= LONGEST else f"'{text[: LONGEST - 1]}…'"
