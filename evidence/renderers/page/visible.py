"""Text as a page may show it: what is invisible or turns lines round is spelled out, and no text is endless."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

LONGEST: Final = 2_000
"""Characters of one text on the page; the record has the whole."""

UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufdd0-\ufdef\ufff9-\uffff\ud800-\udfff]"
    "|[\U0001fffe\U0001ffff\U000e0000-\U000fffff\U0010fffe\U0010ffff]"
)
"""Control characters, marks of direction, what has no width, and what is no character (HTML, 3.5 and 13.2.3.5)."""


def visible(text: str, longest: int = LONGEST) -> str:
    """Return a text with everything unseen spelled out, and cut with a note where it is too long."""
    shown = UNSEEN.sub(_spelled, text[:longest])
    return shown if len(text) <= longest else f"{shown}… ({len(text):,} characters)"


def ticks(text: str) -> Markup:
    """Return a text, escaped, in which what stands between backticks is code."""
    parts = visible(text).split("`")
    if len(parts) % 2 == 0:  # one of them has no partner
        return escape(visible(text))
    return Markup("").join(Markup("<code>{}</code>").format(part) if n % 2 else part for n, part in enumerate(parts))


def _spelled(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 (the basic plane)
