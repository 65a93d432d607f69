"""The table of AWS actions that a service control policy is made from (law/guardrails/aws-actions.yaml)."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from enclave_policies.law.folder import SHIPPED
from enclave_policies.law.folder.document import read_file
from enclave_policies.law.forms import FactFile
from located_yaml.records import AtLeast, Matching

# Older organizations take a wildcard at the end only.
Action = Annotated[str, Matching(r"[a-z0-9-]+:([A-Za-z0-9]+\*?|\*)", "an action, or the beginning of one and *")]
Actions = Annotated[tuple[Action, ...], AtLeast(1)]
Identifier = Annotated[str, Matching(r"[A-Za-z0-9]+", "letters and digits")]
FILE: Final = SHIPPED / "law" / "guardrails" / "aws-actions.yaml"
REGIONAL: Final = "regional"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeActions:
    """The actions behind a resource type; ``at``: the one region in which its API answers, or ``regional``."""

    at: str
    actions: Actions


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempted:
    """Control planes without a type of their own."""

    actions: Actions
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition key, and what it is compared with: a list of the law's, or a word."""

    key: str
    values: Literal["regions", "vpcs", "true"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """One denial: always, ``when`` a key is true, ``unless`` a key (or each of its values) is approved.

    ``without: local_zones``: only where the law approves no local zone.
    """

    id: Identifier
    mirrors: str
    actions: Actions
    resource: str = "*"
    when: Condition | None = None
    unless: Condition | None = None
    unless_all: Condition | None = None
    without: Literal["local_zones"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsActions(FactFile):
    """aws-actions.yaml."""

    types: Mapping[str, TypeActions]
    exempted: tuple[Exempted, ...]
    denied: tuple[Denied, ...]

    def of(self, type_: str) -> TypeActions | None:
        """Return the actions of a type: its own entry, else its module's."""
        return self.types.get(type_) or self.types.get(f"{type_.partition('/')[0]}/*")


@cache
def aws_actions(file: Path = FILE, day: date | None = None) -> AwsActions:
    """Read the table, once per process. Raises ProblemsError with everything that is wrong with it."""
    return read_file(file, AwsActions, day or datetime.now(UTC).date()).content
