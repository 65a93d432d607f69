"""How problems of a declaration name what is declared."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from components.declaration.forms import NAME

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SHOWN: Final = 20
LONGEST: Final = 80


def cut(value: object) -> str:
    """Return a value as text, its end left out where it is long."""
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def listed(names: Collection[str]) -> str:
    """Return names in one line; the first ones where there are many."""
    shown = ", ".join(islice(names, SHOWN)) or "none"
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN} more"


def undeclared(what: str, name: str, known: Collection[str]) -> str:
    """Return that nothing of this name is declared, and what is; malformed names are told of themselves."""
    known = [each for each in known if re.fullmatch(NAME, each)]
    return f"{what} '{name}' is not declared; declared: {listed(known)}"


def names_in(written: Mapping[str, Any], section: str) -> Collection[str]:
    """Return the names that a section of a declaration as it was written declares, in their order."""
    part = written.get(section)
    return dict.fromkeys(name for name in part if isinstance(name, str)) if isinstance(part, dict | list) else ()
