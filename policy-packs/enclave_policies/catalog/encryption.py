"""The table of encryption by type (law/encryption): which input names the key, and what its absence means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, get_args

from enclave_policies.catalog.type_tables import rows
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from enclave_policies.catalog.type_tables import Row

Absent = Literal["aws-owned", "aws-managed", "unencrypted", "account-default", "required", "inherits", "fine"]
Class = Literal["encrypts", "inherits", "cannot", "no-data"]

CLASSES: Final[Mapping[Class, str]] = {
    "encrypts": "keeps data, and its inputs say by which key",
    "inherits": "keeps data, encrypted as something else is that is judged by itself",
    "cannot": "keeps data that no customer key can encrypt: refused for data that needs one",
    "no-data": "keeps no data",
}
ABSENT: Final[Mapping[str, Absent]] = {name: name for name in get_args(Absent)}
LACKS: Final[Mapping[Absent, str]] = {
    "aws-owned": "without it a key that AWS owns encrypts the data",
    "aws-managed": "without it a key that AWS manages encrypts the data",
    "unencrypted": "without it the data is not encrypted",
    "account-default": "without it the account's default decides",
    "required": "without it nobody says by which key",
}
"""What a missing key means, in words; of the absences that are refused."""
FORM: Final = (
    "a row of law/encryption (key PATH | ABSENT, on PATH = VALUES | ABSENT, via PATH | ABSENT, by TYPE PATH, of PATH, "
    "none PATH, inherits WORDS, cannot WORDS, no-data)"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """Where a row is asked: of each object at ``within``; not where ``unless`` is set; only where ``when`` is."""

    within: str | None = None
    unless: str | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """An input that names a key (``path``, dotted wire names), or with ``via`` a configuration that holds one.

    ``elsewhere``: the key belongs to a copy in another Region, so to another site.
    """

    path: str
    absent: Absent
    condition: Condition = Condition()
    elsewhere: bool = False
    via: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """An input that must have one of ``values`` (lower case) before a customer key is used."""

    path: str
    values: frozenset[str]
    absent: Absent
    condition: Condition = Condition()


@dataclass(frozen=True, slots=True)
class SetApart:
    """Resources of ``type`` hold the key of the one that their input ``path`` names."""

    type: str
    path: str


@dataclass(frozen=True, slots=True)
class Encryption:
    """What is known of one type; ``of`` names the resource whose data it is, ``none`` inputs only look like a key."""

    kind: Class
    words: str = ""
    keys: tuple[Named, ...] = ()
    settings: tuple[Setting, ...] = ()
    apart: tuple[SetApart, ...] = ()
    of: str | None = None
    none: tuple[str, ...] = ()
    condition: Condition = Condition()

    @property
    def paths(self) -> frozenset[str]:
        """Every input that the table tells about."""
        asked: tuple[Named | Setting, ...] = (*self.keys, *self.settings)
        conditions = (self.condition, *(each.condition for each in asked))
        found = {path for each in conditions for path in (each.within, each.unless, each.when) if path}
        return frozenset({*found, *(each.path for each in asked), *self.none, *((self.of,) if self.of else ())})


UNSAID: Final = Encryption("encrypts")


def read_encryption(folder: Path) -> dict[str, Encryption]:
    """Return type → what is known of its encryption, from every ``*.txt`` in ``folder``.

    Raises ProblemsError with file and line: rows that are none, a type that two places tell about, none at all.
    """
    found: dict[str, Encryption] = {}
    homes: dict[str, tuple[str, tuple[str, ...]]] = {}
    problems: list[Problem] = []
    for row in rows(folder):
        home = (str(row.file), tuple(row.types))
        if not row.types:
            problems.append(row.problem(f"'{row.text}' stands above all types; name the types that it tells about"))
        for token in row.types:
            if homes.setdefault(token, home) != home:
                problems.append(row.problem(f"{token} is told about twice (also in {homes[token][0]}); remove one"))
                break
            changed = _with(found.get(token, UNSAID), row)
            if changed is None:
                problems.append(row.problem(f"'{row.text}' is not {FORM}; ABSENT: {', '.join(ABSENT)}"))
                break
            found[token] = changed
    if not found and not problems:
        problems.append(
            Problem(Position(str(folder), 1, 1), "holds no table of encryption (*.txt); restore it from git")
        )
    if problems:
        raise ProblemsError(problems)
    return found


def _with(known: Encryption, row: Row) -> Encryption | None:
    """Return what is known with one more row, None for a row that is none."""
    verb, _, rest = row.text.partition(" ")
    cells = [cell.strip() for cell in rest.split("|")]
    told = cells[0]
    if verb == "no-data":
        return None if rest else replace(known, kind="no-data")
    if not told:
        return None
    if verb == "none":
        return replace(known, none=(*known.none, told))
    if verb == "of":
        return replace(known, of=told)
    if verb == "by":
        type_, _, path = told.partition(" ")
        return replace(known, apart=(*known.apart, SetApart(type_, path))) if path else None
    if verb == "inherits":
        return replace(known, kind="inherits", words=told)
    if verb == "cannot":
        condition = _condition(cells[1:])
        return None if condition is None else replace(known, kind="cannot", words=told, condition=condition)
    return _asked(known, verb, cells)


def _asked(known: Encryption, verb: str, cells: list[str]) -> Encryption | None:
    elsewhere = "elsewhere" in cells
    condition = _condition([cell for cell in cells[2:] if cell != "elsewhere"])
    absent = ABSENT.get(cells[1]) if len(cells) > 1 else None
    if condition is None or absent is None:
        return None
    if verb in ("key", "via"):
        named = Named(cells[0], absent, condition, elsewhere=elsewhere, via=verb == "via")
        return replace(known, keys=(*known.keys, named))
    path, equals, values = cells[0].partition(" = ")
    if verb != "on" or not equals:
        return None
    return replace(
        known, settings=(*known.settings, Setting(path, frozenset(values.lower().split()), absent, condition))
    )


def _condition(cells: list[str]) -> Condition | None:
    told: dict[str, str] = {}
    for cell in cells:
        word, _, path = cell.partition(" ")
        if word not in ("within", "unless", "when") or not path:
            return None
        told[word] = path
    return Condition(**told)
