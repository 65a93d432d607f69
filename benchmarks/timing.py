"""Time several ways of doing something in turns, so that whatever else the machine does meets all of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.toolchain.progress import Step


def interleaved(
    variants: Mapping[str, Callable[[], object]], rounds: int, step: Step | None = None
) -> dict[str, tuple[float, ...]]:
    """Return the seconds of each variant, one per round; every other round goes backwards, against drift."""
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds):
        names = list(variants)[:: 1 if number % 2 == 0 else -1]
        for name in names:
            if step:
                step.note = f"round {number + 1} of {rounds}, {name}"
            seconds[name].append(timed(variants[name]))
    return {name: tuple(samples) for name, samples in seconds.items()}


def timed(action: Callable[[], object]) -> float:
    """Return how long an action takes, in seconds."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began
