"""Whether data of a class may rest in a country, for every regime whose data it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclave_policies.law.instruments import Regime
    from enclave_policies.law.model import Law


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A class that may not rest in a country: of which regimes, where they let it rest, and the lines that say so.

    ``countries`` and ``lines`` are empty where the law has no row at all.
    """

    data_class: str
    regimes: tuple[Regime, ...]
    countries: tuple[str, ...]
    lines: tuple[str, ...]


def unplaced(law: Law, classes: Iterable[str], regimes: Iterable[Regime], country: str) -> list[Unplaced]:
    """Return what of some data may not rest in a country, one entry for each class."""
    wanted, found = tuple(regimes), []
    for data_class in sorted(classes):
        rows = [row for row in law.placement if data_class in row.classes]
        left = tuple(
            regime for regime in wanted if not any(regime in row.regimes and country in row.countries for row in rows)
        )
        if left:
            told = [row for row in rows if not row.regimes.isdisjoint(left)]
            where = sorted({each for row in told for each in row.countries})
            found.append(Unplaced(data_class, left, tuple(where), tuple(row.line for row in told)))
    return found
