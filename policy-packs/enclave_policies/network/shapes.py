"""What shape a value must have to be read: a mapping where a text is wanted, say, is a mistake that no cloud takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from enclave_policies.network.networks import AddressSet
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


class Shape(Protocol):
    """What a value may look like."""

    def within(self, value: Any) -> Iterable[tuple[object, Any, Shape]] | None:
        """Return the parts of a value (name, value, shape), a name of None for itself; None where it does not fit."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single value, and whether it can be read."""

    fits: Callable[[Any], bool]

    def within(self, value: Any) -> Iterable[tuple[object, Any, Shape]] | None:
        """As Shape."""
        return () if self.fits(value) else None


@dataclass(frozen=True, slots=True)
class Each:
    """A list of values; ``alone``: a single value may stand for a list."""

    shape: Shape
    alone: bool = False

    def within(self, value: Any) -> Iterable[tuple[object, Any, Shape]] | None:
        """As Shape."""
        if isinstance(value, list | tuple):
            return [(number, item, self.shape) for number, item in enumerate(value)]
        return [(None, value, self.shape)] if self.alone else None


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping of any names to values."""

    shape: Shape

    def within(self, value: Any) -> Iterable[tuple[object, Any, Shape]] | None:
        """As Shape."""
        return [(name, item, self.shape) for name, item in value.items()] if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping; of names that are not listed nothing is asked."""

    shapes: Mapping[str, Shape]

    def within(self, value: Any) -> Iterable[tuple[object, Any, Shape]] | None:
        """As Shape."""
        if not isinstance(value, dict):
            return None
        return [(name, value[name], shape) for name, shape in self.shapes.items() if name in value]


def misshapen(value: Any, shape: Shape, path: str = "") -> Iterator[str]:
    """Yield the dotted path of each value that has another shape; what is absent or not known yet has any."""
    if value is None or value is UNKNOWN:
        return
    parts = shape.within(value)
    if parts is None:
        yield path
        return
    for name, item, part in parts:
        if isinstance(part, Leaf) and part.fits(item):
            continue  # as nearly all do: no step further for them
        yield from misshapen(item, part, path if name is None else f"{path}.{name}" if path else str(name))


def is_network(value: Any) -> bool:
    """Return whether a value is a network in CIDR form or a single address; an empty text is no mistake."""
    try:
        return isinstance(value, str) and (not value or bool(AddressSet.of(value)))
    except ValueError:
        return False


TEXT: Final = Leaf(lambda value: isinstance(value, str))
SCALAR: Final = Leaf(lambda value: isinstance(value, str | int | float))
"""A text, number or switch: the engine's plugins turn one into another."""
NUMBER: Final = Leaf(lambda value: isinstance(value, int | float) and not isinstance(value, bool))
SWITCH: Final = Leaf(lambda value: isinstance(value, bool))
NETWORK: Final = Leaf(is_network)


def one_of(*words: str, any_case: bool = False) -> Leaf:
    """Return the shape of one of some words; ``any_case``: they are lower case, and a value may have any."""
    return Leaf(lambda value: isinstance(value, str) and (value.lower() if any_case else value) in words)
