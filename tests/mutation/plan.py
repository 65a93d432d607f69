"""What is to be tried in a folder, and what became of it so far."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PLAN, OUTCOMES = "plan.json", "outcomes.jsonl"


@dataclass(frozen=True)
class Plan:
    """The mutants of each module, where they stand in it, the test files, and how the checks' names begin."""

    mutants: Mapping[str, Sequence[str]]
    spans: Mapping[str, Mapping[str, tuple[int, int]]]
    tests: Sequence[str]
    checks: Sequence[str]

    def write(self, folder: Path) -> None:
        """Write it into a folder in which nothing was tried yet."""
        (folder / PLAN).write_text(json.dumps(asdict(self)), encoding="utf-8")
        (folder / OUTCOMES).write_text("", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Plan:
        """Return the plan of a folder."""
        return cls(**json.loads((folder / PLAN).read_text(encoding="utf-8")))


def outcomes(folder: Path) -> dict[tuple[str, str], bool]:
    """Return, for each module and mutant that was tried, whether it was noticed."""
    lines = (folder / OUTCOMES).read_text(encoding="utf-8").splitlines()
    return {(module, mutant): noticed for module, mutant, noticed in map(json.loads, lines)}


def outcome(module: str, mutant: str, noticed: bool) -> str:
    """Return the line of a mutant that was tried."""
    return f"{json.dumps([module, mutant, noticed])}\n"
