"""What must be written down before rows leave, such as the vault's entries of their tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Settle = Callable[[bool], None]
    """Writes down what must be known before rows are written; True: to the disk, before the target has its name."""


def settled_already(_: bool) -> None:
    """Settle nothing: no row of such a flow needs it."""
