"""Mutants that nobody can notice, because the mutated code answers the same: each with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import located_yaml
from tests.mutation.score import Survivor

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = Path(__file__).with_name("equivalent.yaml")


def load(file: Path = FILE) -> frozenset[Survivor]:
    """Return the listed mutants; KeyError for an entry that lacks a field or its reason."""
    entries = located_yaml.load(file).data or []
    for entry in entries:
        if not entry["because"]:
            raise KeyError("because")
    return frozenset(
        Survivor(*(entry[name] for name in ("module", "function", "before", "after"))) for entry in entries
    )


def stale(listed: frozenset[Survivor], found: Sequence[Survivor], modules: Sequence[str]) -> list[Survivor]:
    """Return the listed mutants of the tried modules that did not survive: their entries must go."""
    return sorted((each for each in listed if each.module in modules and each not in found), key=str)
