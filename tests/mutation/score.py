"""What became of the mutants: read from the outcomes, compared with what is asked of each module."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.mutation import targets
from tests.mutation.lines import Module, function_of
from tests.mutation.plan import Plan, outcomes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


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
    plan, noticed = Plan.read(folder), outcomes(folder)
    scores = []
    for module in modules:
        names = plan.mutants[module]
        left = [name for name in names if (module, name) not in noticed]
        if left:
            raise ValueError(f"{len(left)} of {len(names)} mutants of {module} were not tried, such as {left[0]}")
        code = (folder / targets.PACKAGE / module).read_text(encoding="utf-8")
        lines = Module.of(code, plan.spans[module])
        survivors = [_survivor(module, lines, name) for name in names if not noticed[module, name]]
        scores.append(
            Score(
                module,
                len(names) - len(survivors),
                tuple(survivor for survivor in survivors if survivor not in equivalent),
                tuple(survivor for survivor in survivors if survivor in equivalent),
            )
        )
    return scores


def rooms(scores: Sequence[Score]) -> list[Score]:
    """Return the modules of each room as one, by the room's name."""
    names = sorted({score.module.partition("/")[0] for score in scores if "/" in score.module})
    parts = {name: [score for score in scores if score.module.startswith(f"{name}/")] for name in names}
    return [replace(total(part), module=name) for name, part in parts.items()]


def total(scores: Sequence[Score]) -> Score:
    """Return all modules as one."""
    return Score(
        "total",
        sum(score.noticed for score in scores),
        tuple(survivor for score in scores for survivor in score.survivors),
        tuple(survivor for score in scores for survivor in score.equivalent),
    )


def _survivor(module: str, lines: Module, mutant: str) -> Survivor:
    before, after, _ = lines.changes(mutant)
    name = function_of(mutant).removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    return Survivor(module, name, before, after)
