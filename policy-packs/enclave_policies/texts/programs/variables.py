"""Variables and flags as blocks of settings, however they are written."""

from __future__ import annotations

from typing import Any, Final

KEYS: Final = frozenset({"name", "value", "valueFrom"})
REFERENCE: Final = {"kept": "elsewhere"}
"""What stands for a variable's value that is kept in a Secret or the like: it is given, but not here."""
ON: Final = "true"


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


def flags(words: Any) -> dict[str, Any]:
    """Return the flags of a command's words: ``--a=b``, ``--a b``, ``-a=b``; what has no value is ``true``."""
    found: dict[str, Any] = {}
    last = ""
    for word in words if isinstance(words, list) else ():
        if not isinstance(word, str):
            last = ""
        elif word.startswith("-"):
            name, equals, value = word.lstrip("-").partition("=")
            found[name] = value if equals else ON
            last = "" if equals else name
        elif last:
            found[last], last = word, ""
        else:
            found[word] = ON
    return found
