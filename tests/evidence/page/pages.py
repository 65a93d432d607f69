"""Each page that a bundle holds, of records of several kinds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from evidence.renderers.authorities import FILES
from evidence.renderers.page import render
from tests.evidence.authorities.records import declared
from tests.evidence.bundles import small
from tests.evidence.page.hostile import hostile
from tests.evidence.page.records import connected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REPORTS: Final[Mapping[str, Callable[[], bytes]]] = {
    name: partial(lambda made: render(made()), made)
    for name, made in {"small": small, "hostile": hostile, "connected": connected}.items()
}
AUTHORITIES: Final[Mapping[str, Callable[[], bytes]]] = {
    f"{name} of {kind}": partial(lambda page, made: page(made()), page, made)
    for name, page in FILES.items()
    if name.endswith(".html")
    for kind, made in {"declared": declared, "hostile": hostile}.items()
}
PAGES: Final = {**REPORTS, **AUTHORITIES}
