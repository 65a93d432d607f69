"""Texts from strangers' files, made safe for a terminal: what moves a cursor, turns a line round or hides is shown.

Source: Unicode 15.1, DerivedCoreProperties.txt (Default_Ignorable_Code_Point) and UAX 9 (bidirectional classes).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

BLANK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""Letters and marks that count as printable and show nothing."""

RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
"""Letters round which a terminal reorders what stands beside them."""


def visible(text: str) -> str:
    """Return a text on one line in which nothing is hidden and nothing acts: such letters as their escapes."""
    if text.isprintable() and (text.isascii() or not any(map(_hides, text))):
        return text
    return "".join(ascii(letter)[1:-1] if _hides(letter) else letter for letter in text)


def _hides(letter: str) -> bool:
    if letter.isascii():
        return not letter.isprintable()
    return (
        not letter.isprintable()
        or BLANK.match(letter) is not None
        or unicodedata.bidirectional(letter) in RIGHT_TO_LEFT
    )
