"""Variables and flags as blocks of settings, however they are written."""

from __future__ import annotations

import re
from typing import Any, Final

KEYS: Final = frozenset({"name", "value", "valueFrom", "type"})
REFERENCE: Final = {"kept": "elsewhere"}
"""What stands for a variable's value that is kept in a Secret or the like: it is given, but not here."""
ON: Final = "true"
BETWEEN_COMMANDS: Final = re.compile(r"[\n;|&]+")
CONTINUED: Final = re.compile(r"\\\n")


def variables(items: Any) -> dict[str, Any]:
    """Return the variables of a list of ``{name: …, value: …}``, none for any other list; one named twice has both."""
    if not isinstance(items, list) or not items:
        return {}
    found: dict[str, Any] = {}
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("name"), str) or not item.keys() <= KEYS:
            return {}
        name, value = item["name"], item.get("value")
        if value is None:
            value = REFERENCE if item.get("valueFrom") is not None else ""
        found[name] = [found[name], value] if name in found else value
    return found if any(len(item) > 1 for item in items) else {}


def commands(words: Any) -> list[dict[str, Any]]:
    """Return the flags of each command in a list of words; one of them may be a script with several commands."""
    if not isinstance(words, list):
        return []
    found = [_flags(words)]
    for word in words:
        if isinstance(word, str) and " " in word.strip():
            found += [_flags(line.split()) for line in BETWEEN_COMMANDS.split(CONTINUED.sub(" ", word))]
    return [each for each in found if each]


def _flags(words: list[Any]) -> dict[str, Any]:
    """Return ``--a=b``, ``--a b`` and ``-a=b`` as settings; a word or a flag without a value is ``true``."""
    found: dict[str, Any] = {}
    last = ""
    for word in words:
        if not isinstance(word, str):
            last = ""
        elif word.startswith("-"):
            name, equals, value = word.lstrip("-").partition("=")
            found[name] = value.strip("\"'") if equals else ON
            last = "" if equals else name
        elif last:
            found[last], last = word.strip("\"'"), ""
        else:
            found[word.strip("\"'")] = ON
    return found
