"""Counts how often functions are called: growth is measured in work, never in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def counted(calls: list[None], function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that notes each call in a list, and does what it did."""

    def count_and_ask(*given: Any) -> Any:
        calls.append(None)
        return function(*given)

    return count_and_ask
