"""What exists and might be adopted, and what nobody could list: frozen records, and the table of kinds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from located_yaml import load

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE: Final = Path(__file__).with_name("kinds.yaml")


class Part(NamedTuple):
    """A resource of an object: its type, and the id by which its provider reads and imports it."""

    type: str
    id: str


@dataclass(frozen=True)
class Object:
    """Something that exists: its site and kind, the resource itself and its parts, and its region where it is another.

    ``trouble`` is why nobody knows more of it; ``managed`` says that the stack has it already. ``against`` is what its
    cloud told that no site has.
    """

    site: str
    kind: str
    itself: Part
    parts: tuple[Part, ...] = ()
    abroad: str | None = None
    trouble: str | None = None
    managed: bool = False
    against: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its id, without its region."""
        return self.itself.id.partition("@")[0] if self.abroad else self.itself.id

    @property
    def whole(self) -> tuple[Part, ...]:
        """The resource and its parts."""
        return (self.itself, *self.parts)


class Place(NamedTuple):
    """Where in a stack objects of a site go: the URN of its component, the reference to its provider (``URN::ID``)."""

    parent: str
    provider: str


class Gap(NamedTuple):
    """What could not be listed, and why."""

    site: str
    kind: str
    why: str


@dataclass(frozen=True)
class Existing:
    """Everything that was listed, and what could not be."""

    objects: tuple[Object, ...] = ()
    gaps: tuple[Gap, ...] = field(default=())


@cache
def kinds(site_kind: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the kinds of objects that sites of a kind have, by name."""
    data: Mapping[str, Mapping[str, Any]] = load(TABLE).data
    return {name: kind for name, kind in data.items() if kind["site"] == site_kind}
