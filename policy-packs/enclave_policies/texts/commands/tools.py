"""The table of tools (tools.yaml): which words of a command name the end of a way."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal

import located_yaml
from located_yaml.records import AtLeast, read_record

FILE: Final = Path(__file__).with_name("tools.yaml")
Words = Literal["none", "first", "second", "all", "remote", "parts"]
"""Which words that are no options name an end: none, the first or second, all; those like ``HOST:path``; every part of
all between colons and commas."""
To = Literal["host", "registry", "hub", "mail"]
"""What such a word is: a host; an image with its registry; one that is Docker Hub's without; a mailbox."""


@dataclass(frozen=True, slots=True)
class Tool:
    """Tools with one grammar.

    ``verbs``: the words that must come first, none: any; ``naming``: options whose value names an end, too; ``valued``:
    other options with a value (names of one letter may stand together behind one dash).
    """

    source: str
    names: Annotated[tuple[str, ...], AtLeast(1)]
    words: Words
    to: To = "host"
    verbs: tuple[str, ...] = ()
    naming: tuple[str, ...] = ()
    valued: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolsFile:
    """The file; ``wrappers`` run the command that follows them, ``leading`` are words of the shell itself."""

    as_of: date
    wrappers: tuple[str, ...]
    leading: tuple[str, ...]
    tools: Annotated[tuple[Tool, ...], AtLeast(1)]


@lru_cache(maxsize=1)
def table() -> ToolsFile:
    """Return the table. Raises ProblemsError."""
    return read_record(located_yaml.load(FILE), ToolsFile)


@lru_cache(maxsize=1)
def tools() -> Mapping[str, tuple[Tool, ...]]:
    """Return the grammars that each name may have."""
    found: dict[str, tuple[Tool, ...]] = {}
    for tool in table().tools:
        for name in tool.names:
            found[name] = (*found.get(name, ()), tool)
    return found
