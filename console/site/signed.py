"""What somebody asks to sign of a site, as it was typed."""

from __future__ import annotations

from typing import NamedTuple


class Signed(NamedTuple):
    """A check, who signs it by which key, and what was found."""

    check: str
    by: str
    key: str
    words: str
