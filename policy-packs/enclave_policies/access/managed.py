"""What AWS's own policies give, as far as it decides here. The table is managed.yaml beside this module."""
# Annotations are evaluated here (no __future__ import): they are the schema.

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

import located_yaml
from enclave_policies.iam.documents import Statement
from located_yaml.records import AtLeast, read_record

FILE: Final = Path(__file__).with_name("managed.yaml")
FAMILY: Final = re.compile(r"(?:Amazon|AWS)?_?(.+?)_?(FullAccess|ReadWrite|ReadOnlyAccess)(?:_?[vV]\d+)?", re.ASCII)
Names = Annotated[tuple[str, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True)
class Managed:
    """managed.yaml: who only looks or administers; policy → actions; families: service → prefix, ending → names."""

    source: str
    as_of: date
    only_look: Names
    administering: Names
    policies: Mapping[str, tuple[str, ...]]
    services: Mapping[str, str]
    endings: Mapping[str, Names]

    def of(self, name: str) -> tuple[str, ...]:
        """Return the actions that decide here of a policy of AWS; none where neither the table nor its name tells."""
        family = FAMILY.fullmatch(name)
        if name in self.policies or family is None:
            return self.policies.get(name, ())
        service = self.services.get(family[1])
        return tuple(f"{service}:{each}" for each in self.endings[family[2]]) if service else ()


@lru_cache(maxsize=1)
def managed_policies() -> Managed:
    """Return the table. Raises ProblemsError."""
    return read_record(located_yaml.load(FILE), Managed)


def statements_of(name: str) -> tuple[Statement, ...]:
    """Return what a policy of AWS allows as far as it decides here, for any resource."""
    given = managed_policies().of(name)
    return (Statement(True, (), False, given, ("*",), {}),) if given else ()
