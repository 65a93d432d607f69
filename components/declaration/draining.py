"""What may still be written where a site drains."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from components.declaration.model import Declaration


def takes(declaration: Declaration, site: str, classes: Iterable[str]) -> bool:
    """Return whether data of these classes may still be written at a site: while it drains, its own logs alone."""
    own = set(declaration.keys["logs"].classes) - set(declaration.keys["store"].classes)
    return not declaration.sites[site].drains or set(classes) <= own
