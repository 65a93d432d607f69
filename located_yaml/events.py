"""A YAML text as parser events: libyaml's where PyYAML was built with it, PyYAML's own otherwise, both the same.

Events and not nodes, because libyaml's composer recurses on the C stack: a text of brackets would end the process.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from located_yaml.problems import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Parser = Callable[[str], Any]

FASTEST: Final[Parser | None] = yaml.CSafeLoader if yaml.__with_libyaml__ else None
DEEPEST: Final = 100
READ_DIFFERENTLY: Final = re.compile(r"[\t?\ufeff]|[|>][-+0-9]*#")
"""A tab between words, ``?`` inside braces, a byte order mark, ``|#``: libyaml takes what PyYAML refuses."""


def events(text: str, file: str, parser: Parser | None = FASTEST) -> list[Any]:
    """Return the events of a text. ``file`` is the name that messages carry.

    Raises ProblemsError for what is not YAML. PyYAML's own parser has the last word and words all errors, as its texts
    say more than libyaml's.
    """
    if parser is not None and not READ_DIFFERENTLY.search(text):
        try:
            return list(_drain(parser(text), file))
        except (yaml.YAMLError, UnicodeError):
            pass
    try:
        return list(_drain(yaml.SafeLoader(text), file))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file, 1, 1)
        raise ProblemsError([Problem(place, f"is not valid YAML: {error.problem}")]) from None
    except yaml.reader.ReaderError as error:
        place = _place(text, int(error.position), file)
        message = f"is not valid YAML: character #x{int(error.character):04x} is not allowed"
        raise ProblemsError([Problem(place, message)]) from None


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
