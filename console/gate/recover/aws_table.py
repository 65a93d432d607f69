"""The table of what AWS has: how an object is found, by its type, and what there may be of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.gate.errors import EngineError
from located_yaml import load

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE: Final = Path(__file__).with_name("aws_objects.yaml")


class UnknownTypeError(EngineError):
    """Nobody can tell whether an object of this type was made."""


@dataclass(frozen=True)
class Found:
    """What there is: ``own`` ids of objects with our tags, ``bare`` ones of our name without any, ``others``' ones."""

    own: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@cache
def table() -> Mapping[str, Mapping[str, Any]]:
    """Return the table: how to find an object, by its type."""
    data: Mapping[str, Mapping[str, Any]] = load(TABLE).data
    return data
