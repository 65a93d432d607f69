"""Which rules a pack promises to run: rules.yaml beside the pack."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

import located_yaml
from located_yaml.records import AtLeast, Matching, read_record

FILE: Final = "rules.yaml"
PACKS: Final = Path(__file__).parents[3]
RuleName = Annotated[str, Matching(r"[a-z0-9]+(-[a-z0-9]+)*", "the name of a rule such as resource-region")]
RuleId = Annotated[str, Matching(r"[A-Z]{3}-[0-9]{3}", "the id of a rule such as JUR-001")]


@dataclass(frozen=True, slots=True)
class Manifest:
    """rules.yaml: id → name of a pack's rules; those in ``stack_rules`` are asked once, about the whole stack."""

    rules: Annotated[Mapping[RuleId, RuleName], AtLeast(1)]
    stack_rules: Mapping[RuleId, RuleName] = field(default_factory=dict)


def read_manifest(pack_dir: Path) -> Manifest:
    """Return the list of rules of the pack in ``pack_dir``.

    Raises ProblemsError when the list is missing, empty or malformed.
    """
    return read_record(located_yaml.load(pack_dir / FILE), Manifest)


@lru_cache(maxsize=1)
def promised_ids() -> frozenset[str]:
    """Return the ids of the rules of all shipped packs."""
    manifests = [read_manifest(file.parent) for file in sorted(PACKS.glob(f"*/{FILE}"))]
    return frozenset(id_ for manifest in manifests for id_ in (*manifest.rules, *manifest.stack_rules))
