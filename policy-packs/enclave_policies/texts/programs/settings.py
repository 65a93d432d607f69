"""Settings of a block: found by name however it is written and nested, compared with the values that count."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

UP: Final = ".."
VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]*)+")
"""Names of variables of the environment."""
NOTHING: Final = ("", "null", "~", "none")
WORKED_OUT: Final = ("$", "`", "{{")
"""How texts begin that shells and templates work out."""
REFERENCE: Final = re.compile(
    r"""(?x) (?:[a-z][a-z0-9+.-]*://)? (?:
      \$ (?: \{ (?:env:)? NAME \} | \( NAME \) | __env\{ NAME \} | NAME )
    | \{ \$? (?:env\.)? NAME \} | \{\{ \s* \.?env (?:\.|\s+")? NAME "? \s* \}\} | (?:sys\.)? env\( "? NAME "? \)
    ) (?:[:/].*)?""".replace("NAME", r"([A-Za-z_]\w*)"),
    re.DOTALL | re.IGNORECASE,
)
"""A value, or the host of a URL, that is a variable's: as shells, Kubernetes, Go templates and programs write it."""


ELSEWHERE: Final = "kept elsewhere for the variable"
"""The one key of what stands for a variable that a ConfigMap or Secret gives which nobody sees."""


class Setting(NamedTuple):
    """A setting: its names, folded but for a variable's; ``up``: it may stand in any block around, too.

    ``values`` None: any value counts.
    """

    names: tuple[str, ...]
    up: bool
    values: re.Pattern[str] | None
    variable: bool = False


def setting(name: str, values: tuple[str, ...] = ()) -> Setting:
    """Return a setting as the tables write it; ``*`` in a value stands for any letters."""
    variable = VARIABLE.fullmatch(name) is not None
    names = (name,) if variable else tuple(fold(part) for part in name.removeprefix(UP).split("."))
    patterns = [re.escape(value.lower()).replace(r"\*", ".*") for value in values]
    values_ = re.compile("|".join(patterns), re.DOTALL) if patterns else None
    return Setting(names, name.startswith(UP), values_, variable)


@lru_cache(maxsize=1 << 16)
def fold(name: str) -> str:
    """Return a name of a setting as it is compared: ``api_url``, ``apiURL`` and ``api-url`` are one."""
    return name.lower().replace("_", "").replace("-", "").lstrip("@$")


def is_set(wanted: Setting, block: Any, around: Iterable[Any]) -> bool:
    """Return whether a setting is there and not empty, with one of the values that count where some are named."""
    return any(True for _ in given(wanted, block, around))


def given(wanted: Setting, block: Any, around: Iterable[Any]) -> Iterator[Any]:
    """Yield each value of a setting that counts."""
    if wanted.variable:  # a name in capital letters is written in one way only
        if wanted.names[0] in block:
            yield from _counting(wanted, block[wanted.names[0]])
        return
    for each in (block, *around) if wanted.up else (block,):
        for value in _values(each, wanted.names):
            yield from _counting(wanted, value)


def variable_of(value: Any) -> str | None:
    """Return the variable of the environment that says a value, or a URL's host; None where the value itself does."""
    if isinstance(value, Mapping):
        return value.get(ELSEWHERE)
    found = REFERENCE.fullmatch(value.strip()) if isinstance(value, str) else None
    return next(filter(None, found.groups())) if found else None


def is_said(value: Any) -> bool:
    """Return whether a text says something itself, and neither a variable nor a command does."""
    text = value.strip() if isinstance(value, str) else ""
    return bool(text) and variable_of(text) is None and not text.startswith(WORKED_OUT)


def _counting(wanted: Setting, value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _counting(wanted, item)
    elif value is None or value == {}:
        return
    elif isinstance(value, Mapping):
        if wanted.values is None:
            yield value
    else:
        text = str(value).strip().lower()
        if wanted.values.fullmatch(text) is not None if wanted.values else text not in NOTHING:
            yield value


def _values(block: Any, names: tuple[str, ...]) -> Iterator[Any]:
    """Yield what stands at a path; keys may hold several of its names with dots between."""
    if not names:
        yield block
    elif isinstance(block, list):
        for item in block:
            yield from _values(item, names)
    elif isinstance(block, Mapping):
        folded = {fold(str(name)): value for name, value in block.items()}
        for count in range(1, len(names) + 1):
            name = ".".join(names[:count])
            if name in folded:
                yield from _values(folded[name], names[count:])
