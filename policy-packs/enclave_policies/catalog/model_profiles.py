"""Cross-region profiles of Bedrock: a model's name alone may let other regions answer (law/types/models)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.catalog.type_tables import rows
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ANYWHERE: Final = "*"
PROFILE: Final = re.compile(r"(?i)(?:.*(?:inference|guardrail)-profile/)?([a-z][a-z-]{1,7})\.")


@dataclass(frozen=True, slots=True)
class ModelProfiles:
    """``regions``: prefix → the regions that may answer, ``*`` for any; ``inputs``: type → paths that name a model."""

    regions: Mapping[str, tuple[str, ...]]
    inputs: Mapping[str, tuple[str, ...]]

    def regions_of(self, value: Any) -> tuple[str, ...]:
        """Return the regions that may answer for a model's name or ARN; empty where it is of one region alone.

        ``us.anthropic.claude-v2`` and ``arn:…:inference-profile/us.anthropic.claude-v2`` are profiles,
        ``anthropic.claude-v2`` is none.
        """
        found = PROFILE.match(value.strip()) if isinstance(value, str) else None
        return self.regions.get(found[1].lower(), ()) if found else ()


def read_models(folder: Path) -> ModelProfiles:
    """Read ``folder``/models. Raises ProblemsError with file and line."""
    regions: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    file = folder / "models" / "profiles.txt"
    for number, line in enumerate(file.read_bytes().decode().splitlines(), 1):
        words = line.partition("#")[0].split()
        if len(words) == 1:
            problems.append(Problem(Position(str(file), number, 1), f"'{words[0]}' names no regions; add them or *"))
        elif words:
            regions[words[0]] = tuple(words[1:])
    inputs: dict[str, tuple[str, ...]] = {}
    for row in rows(folder / "models"):
        if row.file.name != file.name:
            if not row.types or " " in row.text:
                problems.append(row.problem(f"'{row.text}' is not '  <path>' below a type"))
            for token in row.types:
                inputs[token] = (*inputs.get(token, ()), row.text)
    if problems:
        raise ProblemsError(problems)
    return ModelProfiles(regions, inputs)
