"""Where the law says what a resource type is, and what a person wrote about it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a table: where it stands, and the remark behind it or above its group."""

    file: str
    line: int
    remark: str


def entries(law: Path, type_: str) -> Iterator[Entry]:
    """Yield every line below ``law``/types that names a type (or its whole package), in the order of the files."""
    names = {type_, f"{type_.partition(':')[0]}:*"}
    for file in sorted((law / "types").rglob("*.txt")):
        group: list[str] = []
        open_ = False
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            said, _, comment = (part.strip() for part in line.partition("#"))
            if not said:
                group = ([*group, comment] if open_ else [comment]) if comment else []
            elif not names.isdisjoint(said.split()):
                yield Entry(str(file.relative_to(law.parent)), number, comment or _remark(group))
            open_ = not said


def _remark(group: list[str]) -> str:
    remark = " ".join(group)
    return "" if remark.startswith("Generated") else remark
