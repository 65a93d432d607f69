"""Whether a stack says, in the clear, what a variable of the environment is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enclave_policies.reading.gathered import each, once

if TYPE_CHECKING:
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def is_told(stack: Stack, name: str) -> bool:
    """Return whether some resource sets a variable to a text: as a key, as a name beside a value, or in a text."""
    known = _known(stack)
    if name not in known:
        in_text = re.compile(_IN_TEXT.replace("NAME", re.escape(name)), re.VERBOSE)

        def tells(reading: Reading) -> bool:
            return _tells(reading.settings, name, in_text)

        known[name] = any(each(stack, stack.readings.values(), tells))
    return known[name]


_IN_TEXT = r"""
    (?<![\w.]) NAME ["']? \s* [:=] \s* ["']? [^\s"'$({]
  | "name" \s* : \s* "NAME" \s* , \s* "value" \s* : \s* "[^"$]
  | "value" \s* : \s* "[^"$][^"]*" \s* , \s* "name" \s* : \s* "NAME"
"""


@once
def _known(_stack: Stack) -> dict[str, bool]:
    return {}


def _tells(value: Any, name: str, in_text: re.Pattern[str]) -> bool:
    if isinstance(value, str):
        return name in value and in_text.search(value) is not None
    if isinstance(value, list):
        return any(_tells(item, name, in_text) for item in value)
    if not isinstance(value, dict):
        return False
    if _is_text(value.get(name)) or (value.get("name") == name and _is_text(value.get("value"))):
        return True
    return any(_tells(item, name, in_text) for item in value.values())


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not value.lstrip().startswith("$")
