"""What an object's tags or labels say of it, as the components write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

NONE: Final = frozenset({"", "none"})
"""How a tag says that there is nothing to say."""


def marks_of(entry: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the tags and labels of an entry of a state or a plan, our labels without their prefix."""
    inputs = entry.get("inputs") or {}
    tags = inputs.get("tags")
    labels = (inputs.get("metadata") or {}).get("labels") if isinstance(inputs.get("metadata"), dict) else None
    found = tags if isinstance(tags, dict) else {}
    ours = labels if isinstance(labels, dict) else {}
    plain = {**found, **{key.removeprefix("enclave/"): value for key, value in ours.items()}}
    return {key: value for key, value in plain.items() if isinstance(value, str)}


def said(marks: Mapping[str, str], name: str) -> str | None:
    """Return what a mark says, None for nothing."""
    value = marks.get(name, "")
    return None if value in NONE else value


def classes_of(marks: Mapping[str, str]) -> tuple[str, ...]:
    """Return the classes of the data that is in an object; a label has ``_`` where a tag has ``+``."""
    return tuple(each for each in marks.get("data-class", "").replace("_", "+").split("+") if each not in NONE)
