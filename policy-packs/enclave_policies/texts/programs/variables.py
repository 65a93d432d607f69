"""Variables and flags as blocks of settings, however they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.texts.programs.settings import ELSEWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

FROM_KEYS: Final[Mapping[str, str]] = {"configMapKeyRef": "ConfigMap", "secretKeyRef": "Secret"}
"""What takes the value of one key, by an object's name → the object's kind."""
FROM_ALL: Final[Mapping[str, str]] = {"configMapRef": "ConfigMap", "secretRef": "Secret"}
"""What takes every key as a variable → the object's kind."""
ENV_FROM: Final = "envfrom"
"""How the name of such a list of sources ends, in lower case."""
KEYS: Final = frozenset({"name", "value", "valueFrom", "type"})
REFERENCE: Final = {"kept": "elsewhere"}
"""What stands for a variable's value that the platform gives: it is given, but not here."""
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
            source = item.get("valueFrom")
            value = {ELSEWHERE: name} if _takes_one(source) else REFERENCE if source is not None else ""
        found[name] = [found[name], value] if name in found else value
    return found if any(len(item) > 1 for item in items) else {}


def takes_all(name: str, items: Any) -> bool:
    """Return whether an input takes every key of a ConfigMap or Secret as a variable: ``envFrom``."""
    return name.lower().endswith(ENV_FROM) and isinstance(items, list)


def takes_some(items: list[Any]) -> bool:
    """Return whether a list of variables takes values from ConfigMaps or Secrets."""
    return any(isinstance(item, dict) and _takes_one(item.get("valueFrom")) for item in items)


def _takes_one(source: Any) -> bool:
    return isinstance(source, dict) and not FROM_KEYS.keys().isdisjoint(source)


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
