"""The files of a bundle: the record, what every renderer makes of it, and what authorities ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evidence.record.files import written
from evidence.renderers import RENDERERS
from evidence.renderers.authorities import FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evidence.record.model import Record

RECORD: Final = "record.json"
ENVELOPE: Final = "statement.dsse.json"
PAGE: Final = "report.html"
PRINTED: Final = "report.pdf"
"""The page as a browser printed it: signed as it is, and never made again, as two prints differ in their bytes."""


def in_turn(parts: Sequence[Callable[[], dict[str, bytes]]]) -> list[dict[str, bytes]]:
    """Return what each part makes, one after the other."""
    return [make() for make in parts]


def contents(
    record: Record, make: Callable[[Sequence[Callable[[], dict[str, bytes]]]], list[dict[str, bytes]]] = in_turn
) -> dict[str, bytes]:
    """Return the content of each file by its name; the same record gives the same bytes.

    ``make`` runs two parts that need nothing of each other, and may run them at the same time. The page is one: it
    takes as long as all the others.
    """
    first = written(record)  # renderings ask for its digest
    renderers = {**RENDERERS, **FILES}

    def page() -> dict[str, bytes]:
        return {PAGE: renderers[PAGE](record)}

    def others() -> dict[str, bytes]:
        return {name: render(record) for name, render in renderers.items() if name != PAGE}

    made = {name: content for part in make([page, others]) for name, content in part.items()}
    return {RECORD: first, **{name: made[name] for name in renderers}}
