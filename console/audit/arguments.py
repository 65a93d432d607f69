"""The options of `enclave audit` without typer: a well-formed line is read at once, all else is left to typer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from console.audit.state import STANDARD_INPUT
from console.day import day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

flags = {"--json": "json", "--strict": "strict"}


class Options(TypedDict):
    """What `enclave audit` is asked."""

    export: Path
    as_of: date | None
    json: bool
    strict: bool
    only_pack: Path | None
    approvals: Path | None


def quick(arguments: Sequence[str]) -> Options | None:
    """Return the options of a plain command line, None for one that typer had better read (or explain)."""
    exports: list[str] = []
    values: dict[str, str] = {}
    given = iter(arguments)
    for argument in given:
        name, equals, value = argument.partition("=")
        if name in ("--as-of", "--only-pack", "--approvals"):
            values[name] = value if equals else next(given, "")
        elif argument in flags:
            values[argument] = argument
        elif argument.startswith("-") and argument != STANDARD_INPUT:
            return None
        else:
            exports.append(argument)
    if len(exports) != 1 or not exports[0] or any(not value or value.startswith("-") for value in _told(values)):
        return None
    try:
        as_of = day(values["--as-of"]) if "--as-of" in values else None
    except ValueError:
        return None
    pack, approvals = values.get("--only-pack"), values.get("--approvals")
    return Options(
        export=Path(exports[0]),
        as_of=as_of,
        json="--json" in values,
        strict="--strict" in values,
        only_pack=Path(pack) if pack else None,
        approvals=Path(approvals) if approvals else None,
    )


def _told(values: dict[str, str]) -> list[str]:
    return [value for name, value in values.items() if name not in flags]
