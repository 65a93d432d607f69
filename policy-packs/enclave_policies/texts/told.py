"""What texts say that a variable of the environment is: as a key, as a name beside a value, or in a line."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.texts.documents import document
from enclave_policies.texts.elements import UnreadableError
from enclave_policies.texts.spellings import json_in

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE: Final = r"(?<![\w.])NAME[\"']?\s*[:=]\s*(\"[^\"\n]*\"|'[^'\n]*'|[^\s\"']*)"


def said_of(name: str, value: Any, key: str = "") -> Iterator[str]:
    """Yield each text that a value (a text, a mapping, a list) says a variable is; ``key`` may tell a text's form."""
    if isinstance(value, str):
        if name in value:
            yield from _in_text(name, value, key)
    elif isinstance(value, list):
        for item in value:
            yield from said_of(name, item, key)
    elif isinstance(value, dict):
        told = [value.get(name), value.get("value") if value.get("name") == name else None]
        yield from (text for text in told if isinstance(text, str))
        for inner, item in value.items():
            yield from said_of(name, item, str(inner))


def _in_text(name: str, text: str, key: str) -> Iterator[str]:
    try:
        tree = document(text, key)
    except (RecursionError, UnreadableError):
        return  # JUR-008 refuses it
    if tree is None:
        tree = json_in(text)
    if tree is not None:
        yield from said_of(name, tree, key)
    else:
        yield from (found.strip("\"'") for found in _line(name).findall(text))


@lru_cache(maxsize=1 << 10)
def _line(name: str) -> re.Pattern[str]:
    return re.compile(LINE.replace("NAME", re.escape(name)))
