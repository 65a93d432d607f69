"""``$(NAME)`` in what a container is told, written out as the kubelet does before the program starts.

A variable may name those before it in ``env``, arguments and commands all of them; ``$$(NAME)`` stays ``$(NAME)``, and
so does a name that nobody here knows. Source: Kubernetes, Container (args, command), EnvVar (value).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

REFERENCE: Final = re.compile(r"\$(\$|\(([A-Za-z_.-][\w.-]*)\))")
TOLD: Final = ("command", "args")
LONGEST: Final = 1 << 16
"""Letters of a value that is put into others: what doubles itself in each line is no configuration."""


def expanded(container: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a container with its own variables put in; itself where none of its texts names any."""
    variables = container.get("env")
    if not isinstance(variables, list):
        return container
    known: dict[str, str] = {}
    written = [_variable(item, known) for item in variables]
    if not known:
        return container
    words = {
        name: [_put(word, known) if isinstance(word, str) else word for word in items]
        for name in TOLD
        if isinstance(items := container.get(name), list)
    }
    return {**container, "env": written, **words}


def _variable(item: Any, known: dict[str, str]) -> Any:
    """Return a variable with those before it put in, and note its value for those that follow."""
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        return item
    value = item.get("value")
    if not isinstance(value, str):
        known.pop(item["name"], None)
        return item
    text = _put(value, known)
    if len(text) <= LONGEST:
        known[item["name"]] = text
    return item if text == value else {**item, "value": text}


def _put(text: str, known: Mapping[str, str]) -> str:
    if "$(" not in text:
        return text
    return REFERENCE.sub(lambda found: "$" if found[1] == "$" else known.get(found[2], found[0]), text)
