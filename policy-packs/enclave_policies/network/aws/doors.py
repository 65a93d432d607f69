"""The table of doors round the gateway (doors.yaml): which types are doors, into where, and when they are closed."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import located_yaml
from enclave_policies.catalog.values import values_at
from enclave_policies.resources.unknown import UNKNOWN
from located_yaml.records import AtLeast, key, read_record

FILE: Final = Path(__file__).with_name("doors.yaml")
ANY: Final = "*"
Into = Literal["any", "restricted"]
Nowhere = Literal["unknown", "outside"]
Types = Annotated[tuple[str, ...], AtLeast(1)]
Answer = bool | None
"""Whether something holds; None where a value that decides is not known."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a resource: its dotted path, and the values (lower case, ``*`` a wildcard) that count.

    ``absent``: a setting that is not there counts, too.
    """

    path: str
    values: tuple[str, ...] = ()
    absent: bool = False

    def holds(self, props: Mapping[str, Any]) -> Answer:
        """Return whether a resource has it so; None where that is not known."""
        found = list(values_at(props, self.path))
        if any(self._counts(value) for value in found):
            return True
        return None if UNKNOWN in found else False

    def _counts(self, value: Any) -> bool:
        if value is UNKNOWN:
            return ANY in self.values  # it is given, whatever it turns out to be
        if value in (None, "", {}, []):
            return self.absent
        return any(fnmatchcase(str(value).lower(), pattern) for pattern in self.values)


@dataclass(frozen=True, slots=True)
class Stands:
    """The input of a resource that names another, which stands in subnets, and that one's type."""

    input: str
    type: str


@dataclass(frozen=True, slots=True)
class Door:
    """One kind of door; the fields are told in doors.yaml."""

    types: Types
    opens: str
    into: Into
    source: str
    by: tuple[str, ...] = ()
    of: Stands | None = None
    nowhere: Nowhere = "unknown"
    open: tuple[Setting, ...] = ()
    closed: tuple[Setting, ...] = ()
    may: tuple[str, ...] = ()

    def is_open(self, props: Mapping[str, Any]) -> Answer:
        """Return whether the settings of a resource leave the door open; None where that is not known."""
        opening = [one.holds(props) for one in self.open] or [True]
        closing = [one.holds(props) for one in self.closed]
        if True in closing or not any(answer is not False for answer in opening):
            return False
        return True if True in opening and None not in closing else None

    def opener(self, props: Mapping[str, Any]) -> str | None:
        """Return the path of the setting that leaves the door open; None where the resource itself is the door."""
        opening = [one.path for one in self.open if one.holds(props) is not False]
        return next(iter((*opening, *(one.path for one in self.closed))), None)


@dataclass(frozen=True, slots=True)
class Named:
    """Doors that the table does not judge, and why; ``by``: the rule that does."""

    why: str
    types: tuple[str, ...] = ()
    what: str | None = None
    judge: str | None = field(default=None, metadata=key("by"))


@dataclass(frozen=True, slots=True)
class DoorsFile:
    """doors.yaml."""

    as_of: date
    doors: Annotated[tuple[Door, ...], AtLeast(1)]
    named: tuple[Named, ...]


@lru_cache(maxsize=1)
def table() -> DoorsFile:
    """Return the table. Raises ProblemsError."""
    return read_record(located_yaml.load(FILE), DoorsFile)


@lru_cache(maxsize=1)
def doors_by_type() -> Mapping[str, tuple[Door, ...]]:
    """Return the doors of each type."""
    found: dict[str, tuple[Door, ...]] = {}
    for door in table().doors:
        for type_ in door.types:
            found[type_] = (*found.get(type_, ()), door)
    return found
