"""What kind of value something is, in words of whoever wrote the file: no name of a Python type reaches anybody."""

from __future__ import annotations

from types import NoneType
from typing import Any, Final

KINDS: Final[dict[type, str]] = {
    NoneType: "nothing",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    tuple: "a list",
    dict: "a table",
    str: "a text",
}


def kind_of(value: Any) -> str:
    """Return what kind of value this is."""
    return KINDS.get(type(value), "a value that is not known")
