"""Ports as people write them: one (443) or a range ("8000-8080")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

lowest, highest = 1, 65535
_written = re.compile(r"([0-9]{1,5})-([0-9]{1,5})")


class PortRange(NamedTuple):
    """Ports from the first to the last, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        """Return the ports as they are written."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def overlaps(self, other: PortRange) -> bool:
        """Return whether some port is in both."""
        return self.first <= other.last and other.first <= self.last


def twins(ports: Sequence[PortRange]) -> Iterator[tuple[int, PortRange]]:
    """Yield the index of each range that overlaps another one, and the other, by comparing neighbours in order."""
    widest: PortRange | None = None
    for index, one in sorted(enumerate(ports), key=lambda each: (each[1], each[0])):
        if widest is not None and widest.overlaps(one):
            yield index, widest
        if widest is None or one.last > widest.last:
            widest = one


def _ports(value: Any) -> Any:
    if isinstance(value, str) and (written := _written.fullmatch(value)):
        first, last = int(written[1]), int(written[2])
    elif isinstance(value, int) and not isinstance(value, bool):
        first = last = value
    else:
        raise ValueError("is neither a port nor a range; write 443, or '8000-8080'")
    if not (lowest <= first <= highest and lowest <= last <= highest):
        raise ValueError(f"is not between {lowest} and {highest}")
    if first > last:
        raise ValueError(f"is reversed; write '{last}-{first}'")
    return PortRange(first, last)


Ports = Annotated[
    PortRange,
    BeforeValidator(_ports, json_schema_input_type=int | str),
    Field(description="a port, or a range such as '8000-8080'"),
]
