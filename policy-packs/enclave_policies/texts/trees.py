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


def deep(root: dict[str, Any], keys: list[str], value: str) -> None:
    """Add a value below a path; one that stands where the path leads on keeps its name there."""
    here = root
    for key in keys[:-1]:
        below = here.setdefault(key, {})
        if not isinstance(below, dict):
            below = here[key] = {key: below}
        here = below
    put(here, keys[-1], value)


def merge(target: dict[str, Any], key: str, value: Any) -> None:
    """Add a block to those of the same name where their own names differ: two seals, two sinks."""
    here = target.get(key)
    if isinstance(here, dict) and isinstance(value, dict) and not here.keys() & value.keys():
        here.update(value)
    else:
        put(target, key, value)
