"""What is wrong with the shape of a declaration, in plain sentences: pydantic speaks of its own types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from components.declaration.forms import WORDS
from components.declaration.words import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

EXPECTED: Final = {
    "string_type": "a text; put it in quotes",
    "string_unicode": "a text of whole letters; correct it",
    "bool_type": "true or false, without quotes",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a number that has an end",
    "list_type": "a list: [A, B]",
    "tuple_type": "a list: [A, B]",
    "dict_type": "a table: {KEY: VALUE}",
    "model_type": "a table: {KEY: VALUE}",
    "model_attributes_type": "a table: {KEY: VALUE}",
    "is_instance_of": "in its form; write it as a text",
}
"""What pydantic calls a wrong type → what belongs there."""
LIMITS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "greater_than_equal": lambda told: f"is too small; give {told['ge']} or more",
    "less_than_equal": lambda told: f"is too large; give {told['le']} or less",
    "less_than": lambda told: f"is too large; give less than {told['lt']}",
    "string_too_short": lambda _: "is empty; give a text",
    "string_too_long": lambda told: f"is too long; {told['max_length']:,} letters are the limit",
    "too_short": lambda told: f"holds {told['actual_length']:,}; give {told['min_length']:,} or more",
    "too_long": lambda told: f"holds {told['actual_length']:,}; {told['max_length']:,} are the limit",
}
"""What pydantic calls a broken limit → the sentence about the value."""


FEW: Final = 3
"""Numbers of a list that are shown."""


def shape_problem(kind: str, value: Any, context: Mapping[str, Any], message: str) -> str:
    """Return what is wrong with a value, as a sentence; ``kind``, ``context`` and ``message`` are pydantic's."""
    shown = shown_value(value)
    if kind == "literal_error":
        return f"{shown} is not allowed here; one of {context.get('expected')}"
    if kind == "string_pattern_mismatch":
        return f"{shown} is not {WORDS[str(context.get('pattern'))]}"
    if kind == "value_error":
        return f"{shown} {context.get('error')}"
    if kind in EXPECTED:
        return f"{shown} is not {EXPECTED[kind]}"
    if kind in LIMITS:
        told = f"{shown} " if isinstance(value, str | int | float) and value != "" else ""
        return told + LIMITS[kind](context)
    return f"{shown}: {message[:1].lower()}{message[1:]}"


def shown_value(value: Any) -> str:
    """Return a value as YAML writes it; of a list or a table only what it is."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return cut(value)
    if isinstance(value, str):
        return f"'{cut(value)}'"
    if isinstance(value, list | tuple) and len(value) <= FEW and all(isinstance(each, int | float) for each in value):
        return f"[{', '.join(map(shown_value, value))}]"
    return "a table" if isinstance(value, dict) else "a list" if isinstance(value, list) else f"'{cut(value)}'"
