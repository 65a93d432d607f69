"""Files in a law's folder that nobody reads: whoever wrote one believes that it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from located_yaml import Position, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

README: Final = "README.md"
ENDING: Final = ".yaml"
LOCAL: Final = "local"
FOLDERS: Final = frozenset({LOCAL, "catalog", "guardrails"})


def strangers(folder: Path, files: frozenset[str]) -> Iterator[Problem]:
    """Yield what lies in ``folder`` and is none of its ``files``, and in its ``local`` what does not end as they do.

    Hidden files are left to those who hide them; what is hidden and ends in .yaml is read like any other.
    """
    yield from _in(folder, lambda name: name in files or name in FOLDERS, f"the law's files are {_listed(files)}")
    local = folder / LOCAL
    if local.is_dir():
        rule = f"own entries stand in law/{LOCAL}/NAME{ENDING}"
        yield from _in(local, lambda name: name.endswith(ENDING), rule)
    elif local.is_symlink() or local.exists():
        yield Problem(Position(str(local), 1, 1), f"is no folder; own entries stand in law/{LOCAL}/NAME{ENDING}")


def _in(folder: Path, belongs: Callable[[str], bool], rule: str) -> Iterator[Problem]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name != README and not path.name.startswith(".") and not belongs(path.name):
            yield Problem(Position(str(path), 1, 1), f"is not read, as {rule}; rename it, or take it out of the law")


def _listed(files: frozenset[str]) -> str:
    return ", ".join(sorted(files))
