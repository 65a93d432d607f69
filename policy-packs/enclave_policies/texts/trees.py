"""Put values into the tree of a document: a key that stands twice keeps both values."""

from __future__ import annotations

from typing import Any


def put(target: dict[str, Any], key: str, value: Any) -> None:
    """Add a value; a second one of the same key makes a list."""
    if key not in target:
        target[key] = value
    elif isinstance(target[key], list):
        target[key].append(value)
    else:
        target[key] = [target[key], value]


def merge(target: dict[str, Any], key: str, value: Any) -> None:
    """Add a block to those of the same name where their own names differ: two seals, two sinks."""
    here = target.get(key)
    if isinstance(here, dict) and isinstance(value, dict) and not here.keys() & value.keys():
        here.update(value)
    else:
        put(target, key, value)
