"""The files of a bundle: the record, what every renderer makes of it, and what authorities ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evidence.record.files import written
from evidence.renderers import RENDERERS
from evidence.renderers.authorities import FILES

if TYPE_CHECKING:
    from evidence.record.model import Record

RECORD: Final = "record.json"
ENVELOPE: Final = "statement.dsse.json"
PAGE: Final = "report.html"
PRINTED: Final = "report.pdf"
"""The page as a browser printed it: signed as it is, and never made again, as two prints differ in their bytes."""


def contents(record: Record) -> dict[str, bytes]:
    """Return the content of each file by its name; the same record gives the same bytes."""
    renderers = {**RENDERERS, **FILES}
    return {RECORD: written(record), **{name: render(record) for name, render in renderers.items()}}
