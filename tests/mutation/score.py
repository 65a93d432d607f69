"""What became of the mutants: read from mutmut's files, compared with what is asked of each module."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.mutation import targets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# The exit codes of a mutant's tests (mutmut.stats.status_by_exit_code): failed, broke pytest, ran for ever, crashed.
NOTICED = frozenset({1, 3, -24, 24, 36, 152, 255, -11, -9})
NOT_TRIED = frozenset({None, 2, 34})


@dataclass(frozen=True)
class Survivor:
    """A mutant that no test noticed: the module, its function, and the lines that differ."""

    module: str
    function: str
    before: str
    after: str

    def __str__(self) -> str:
        """Return the difference as lines of text."""
        return f"{self.module}, {self.function}\n    - {self.before}\n    + {self.after}"


@dataclass(frozen=True)
class Score:
    """How many mutants of a module were noticed; the equivalent ones, which nobody can notice, are not counted."""

    module: str
    noticed: int
    survivors: tuple[Survivor, ...]
    equivalent: tuple[Survivor, ...] = ()

    @property
    def tried(self) -> int:
        """Every mutant that could be noticed."""
        return self.noticed + len(self.survivors)

    @property
    def share(self) -> float:
        """The share of those that was noticed, 1 where there are none."""
        return self.noticed / self.tried if self.tried else 1.0


def read(folder: Path, modules: Sequence[str], equivalent: frozenset[Survivor]) -> list[Score]:
    """Return the score of each module; ValueError where a mutant was not tried."""
    return [_score(folder / "mutants" / targets.PACKAGE / module, module, equivalent) for module in modules]


def total(scores: Sequence[Score]) -> Score:
    """Return all modules as one."""
    return Score(
        "total",
        sum(score.noticed for score in scores),
        tuple(survivor for score in scores for survivor in score.survivors),
        tuple(survivor for score in scores for survivor in score.equivalent),
    )


def _score(file: Path, module: str, equivalent: frozenset[Survivor]) -> Score:
    meta = file.with_name(f"{file.name}.meta")
    if not meta.exists():  # a module without functions
        return Score(module, 0, ())
    codes: dict[str, int | None] = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    left = [key for key, code in codes.items() if code in NOT_TRIED]
    if left:
        raise ValueError(f"{len(left)} of {len(codes)} mutants of {module} were not tried, such as {left[0]}")
    survivors = [_survivor(file, module, key.rpartition(".")[2]) for key, code in codes.items() if code not in NOTICED]
    return Score(
        module,
        len(codes) - len(survivors),
        tuple(survivor for survivor in survivors if survivor not in equivalent),
        tuple(survivor for survivor in survivors if survivor in equivalent),
    )


def _survivor(file: Path, module: str, mutant: str) -> Survivor:
    function = mutant.partition("__mutmut_")[0]
    spans = json.loads(file.with_name(f"{file.name}.spans").read_text(encoding="utf-8"))["spans"]
    lines = file.read_text(encoding="utf-8").splitlines()

    def source(name: str) -> list[str]:
        first, last = spans[name]
        return [line.strip().replace(name, function) for line in lines[first - 1 : last]]

    changes = list(difflib.ndiff(source(f"{function}__mutmut_orig"), source(mutant)))
    before, after = (
        " ".join(line[2:] for line in changes if line.startswith(mark) and line[2:]) for mark in ("- ", "+ ")
    )
    return Survivor(module, function.removeprefix("x_").removeprefix("xǁ").replace("ǁ", "."), before, after)
