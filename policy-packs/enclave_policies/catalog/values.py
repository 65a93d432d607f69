"""The values at a path of inputs, through lists, JSON texts and lists of named items."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMED: Final = re.compile(r"(\w+)\[(\w+)=([^\]]+)\]")
"""``settings[name=ELBScheme]``: of a list of items, those whose ``name`` is that."""


def values_at(value: Any, path: str) -> Iterator[Any]:
    """Yield every value at a dotted path; None for each place where it is not there, UNKNOWN where nobody can tell.

    A text that is JSON is read like inputs; one that begins like JSON and is none counts as unknown.
    """
    key, _, rest = path.partition(".")
    if value is UNKNOWN:
        yield UNKNOWN
    elif isinstance(value, list) and value:
        for item in value:
            yield from values_at(item, path)
    elif isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        yield from values_at(_parsed(value), path)
    elif (named := NAMED.fullmatch(key)) is not None:
        yield from _of_named(value, named, rest)
    elif not isinstance(value, dict) or value.get(key) is None:
        yield None
    elif rest:
        yield from values_at(value[key], rest)
    elif isinstance(value[key], list):
        yield from value[key] or [None]
    else:
        yield value[key]


def plain_path(path: str) -> str:
    """Return a path without what selects items of lists: the inputs that an SDK offers."""
    return NAMED.sub(r"\1", path)


def _of_named(value: Any, named: re.Match[str], rest: str) -> Iterator[Any]:
    items = value.get(named[1]) if isinstance(value, dict) else None
    if items is UNKNOWN:
        yield UNKNOWN
        return
    chosen = [item for item in items or () if isinstance(item, dict) and item.get(named[2]) == named[3]]
    if any(item is UNKNOWN or (isinstance(item, dict) and item.get(named[2]) is UNKNOWN) for item in items or ()):
        yield UNKNOWN
    elif not chosen:
        yield None
    for item in chosen:
        yield from values_at(item, rest)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return UNKNOWN
