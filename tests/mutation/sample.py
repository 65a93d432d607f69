"""Which mutants are tried: a sample that a seed draws, of every module some, of large ones more; or those left over."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tests.mutation.plan import outcomes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

AT_LEAST = 4
"""Mutants of each module, as far as it has so many: a small one is as easily forgotten as a large one."""


class Choice(Protocol):
    """What chooses mutants."""

    def draw(self, mutants: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Return the chosen mutants of each module, in their order."""


@dataclass(frozen=True)
class LeftOver:
    """The mutants that went unnoticed in a folder, as far as they are still made."""

    folder: Path

    def draw(self, mutants: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Return the mutants of each module that went unnoticed. Raises OSError where nothing was tried there."""
        left = {tried for tried, noticed in outcomes(self.folder).items() if not noticed}
        return {module: [name for name in names if (module, name) in left] for module, names in mutants.items()}


@dataclass(frozen=True)
class Sample:
    """How many mutants are drawn, and by which seed."""

    size: int
    seed: int

    def draw(self, mutants: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Return the drawn mutants of each module, in their order; all where there are no more than ``size``.

        What is drawn of a module depends on its own mutants and the quota alone.
        """
        quotas = self.quotas({module: len(names) for module, names in mutants.items()})
        return {module: self._of(module, names, quotas[module]) for module, names in mutants.items()}

    def quotas(self, counts: Mapping[str, int]) -> dict[str, int]:
        """Return how many mutants of each module are drawn: AT_LEAST, and of the rest a share by size."""
        found = {module: min(count, AT_LEAST) for module, count in counts.items()}
        left = {module: count - found[module] for module, count in counts.items()}
        wanted, there = max(self.size - sum(found.values()), 0), sum(left.values())
        for module, count in left.items():
            found[module] += min(count, -(-wanted * count // there)) if there else 0
        return found

    def _of(self, module: str, names: Sequence[str], quota: int) -> list[str]:
        drawn = set(random.Random(f"{self.seed} {module}").sample(sorted(names), quota))  # noqa: S311 (no secret)
        return [name for name in names if name in drawn]
