"""How far a wave is, how fast, and when it will be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_STEPS: Final = (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3))
_MINUTE: Final = 60
_HOUR: Final = 3600


@dataclass(frozen=True)
class Progress:
    """What is done of what there is; ``seconds`` are those of this run, ``before`` what earlier runs had done."""

    objects: int
    bytes: int
    all_objects: int
    all_bytes: int
    seconds: float
    before_objects: int = 0
    before_bytes: int = 0

    @property
    def objects_per_second(self) -> float:
        """Return the rate of this run."""
        return (self.objects - self.before_objects) / self.seconds if self.seconds > 0 else 0.0

    @property
    def bytes_per_second(self) -> float:
        """Return the rate of this run."""
        return (self.bytes - self.before_bytes) / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Return the longer of what objects and bytes still need at this rate; None before there is a rate."""
        left = [(self.all_objects - self.objects, self.objects_per_second)]
        left += [(self.all_bytes - self.bytes, self.bytes_per_second)]
        if any(missing > 0 and rate <= 0 for missing, rate in left):
            return None
        return max((missing / rate for missing, rate in left if missing > 0), default=0.0)

    def __str__(self) -> str:
        """Return one line for a person."""
        left = self.seconds_left
        when = "" if left is None else f", {span(left)} left"
        return (
            f"{self.objects:,} of {self.all_objects:,} objects, {size(self.bytes)} of {size(self.all_bytes)}, "
            f"{self.objects_per_second:,.0f} objects/s, {size(self.bytes_per_second)}/s{when}"
        )


def size(number: float) -> str:
    """Return bytes as people say them (powers of ten)."""
    for unit, step in _STEPS:
        if number >= step:
            return f"{number / step:.1f} {unit}"
    return f"{number:.0f} B"


def span(seconds: float) -> str:
    """Return a time as people say it."""
    if seconds >= _HOUR:
        return f"{seconds / _HOUR:.1f} h"
    return f"{seconds / _MINUTE:.1f} min" if seconds >= _MINUTE else f"{seconds:.0f} s"
