"""The table of encryption by type (law/catalog/encryption): which input names the key, and what its absence means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Absent = Literal["aws-owned", "aws-managed", "unencrypted", "account-default", "required", "inherits", "fine"]
Class = Literal["encrypts", "inherits", "cannot", "no-data"]

CLASSES: Final[Mapping[Class, str]] = {
    "encrypts": "keeps data, and its inputs say by which key",
    "inherits": "keeps data, encrypted as something else is that is judged by itself",
    "cannot": "keeps data that no customer key can encrypt: refused for data that needs one",
    "no-data": "keeps no data",
}
LACKS: Final[Mapping[Absent, str]] = {
    "aws-owned": "without it a key that AWS owns encrypts the data",
    "aws-managed": "without it a key that AWS manages encrypts the data",
    "unencrypted": "without it the data is not encrypted",
    "account-default": "without it the account's default decides",
    "required": "without it nobody says by which key",
}
"""What a missing key means, in words; of the absences that are refused."""


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
    def asks(self) -> bool:
        """Whether a resource of the type can lack a key at all."""
        return bool(self.keys or self.settings) or self.kind == "cannot"

    @property
    def paths(self) -> frozenset[str]:
        """Every input that the table tells about."""
        asked: tuple[Named | Setting, ...] = (*self.keys, *self.settings)
        conditions = (self.condition, *(each.condition for each in asked))
        found = {path for each in conditions for path in (each.within, each.unless, each.when) if path}
        return frozenset({*found, *(each.path for each in asked), *self.none, *((self.of,) if self.of else ())})
