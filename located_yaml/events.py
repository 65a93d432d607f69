"""A YAML text as parser events: libyaml's where PyYAML was built with it, PyYAML's own otherwise, both the same.

Events and not nodes, because libyaml's composer recurses on the C stack: a text of brackets would end the process.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

import yaml

from located_yaml.problems import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Parser = Callable[[str], Any]

FASTEST: Final[Parser | None] = yaml.CSafeLoader if yaml.__with_libyaml__ else None
DEEPEST: Final = 100
SLOW_AT_MOST: Final = 250_000
"""Letters that PyYAML's own parser is given: about 2 s."""
Read = TypeVar("Read")
READ_DIFFERENTLY: Final = re.compile(r"[\t?\ufeff]|[|>][-+0-9]*#")
"""A tab between words, ``?`` inside braces, a byte order mark, ``|#``: libyaml takes what PyYAML refuses."""


def read(text: str, file: str, parser: Parser | None, reader: Callable[[str, Iterator[Any]], Read]) -> Read:
    """Return what ``reader`` makes of the events of a text. ``file`` is the name that messages carry.

    Raises ProblemsError for what is not YAML. PyYAML's own parser has the last word and words all errors, as its texts
    say more than libyaml's; it takes 14 times as long, so long texts that need it are refused.
    """
    odd = READ_DIFFERENTLY.search(text)
    if parser is not None and odd is None:
        try:
            return reader(file, _drain(parser(text), file))
        except (yaml.YAMLError, UnicodeError) as error:
            if len(text) > SLOW_AT_MOST:
                raise ProblemsError([_problem(text, file, error)]) from None
    if odd is not None and len(text) > SLOW_AT_MOST:
        message = f"holds {odd[0]!r}, which is read up to {SLOW_AT_MOST:,} letters only; remove it, or split the file"
        raise ProblemsError([Problem(_place(text, odd.start(), file), message)])
    try:
        return reader(file, _drain(yaml.SafeLoader(text), file))
    except yaml.YAMLError as error:
        raise ProblemsError([_problem(text, file, error)]) from None


def _problem(text: str, file: str, error: Exception) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        where = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file, 1, 1)
        return Problem(where, f"is not valid YAML: {error.problem}")
    if isinstance(error, yaml.reader.ReaderError) and isinstance(error.character, int):
        message = f"is not valid YAML: character #x{error.character:04x} is not allowed"
        return Problem(_place(text, int(error.position), file), message)
    return Problem(Position(file, 1, 1), "is not valid YAML")


def _drain(parser: Any, file: str) -> Iterator[Any]:
    """Yield all events; too deep a nesting ends it at once, as the parsers need time that grows with its square."""
    depth = 0
    while (event := parser.get_event()) is not None:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                mark: Any = event.start_mark
                place = Position(file, mark.line + 1, mark.column + 1)
                raise ProblemsError([Problem(place, f"is nested deeper than {DEEPEST} levels; write it flatter")])
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        yield event


def _place(text: str, index: int, file: str) -> Position:
    before = text[:index]
    return Position(file, before.count("\n") + 1, index - before.rfind("\n"))
