"""Cross-region profiles of Bedrock: a model's name alone may let other regions answer (law/catalog/models)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

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
