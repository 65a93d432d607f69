"""What an authority asks for: the register of transfers and an extract of the record of processing, under its law."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from evidence.renderers.authorities import page, processing, register
from evidence.renderers.authorities.authority import AUTHORITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evidence.record.model import Record

FILES: Final[Mapping[str, Callable[[Record], bytes]]] = {
    f"authorities/{one.id}/{name}": partial(render, authority=one)
    for one in AUTHORITIES
    for name, render in (
        ("transfers.csv", register.render),
        ("processing.csv", processing.render),
        ("index.html", page.render),
    )
}
"""The files of each authority, by their names in a bundle."""
