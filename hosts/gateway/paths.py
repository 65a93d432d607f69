"""Paths that two programs could read differently: whoever decides by one and serves another has decided nothing.

Envoy has removed dot segments and double slashes, and refused escaped slashes. What applications do besides differs:
they decode twice, cut a segment at a semicolon (servlets), take a backslash for a slash (Windows), fold wide forms of
Unicode, or stop at a zero byte. A path that any of this changes is refused.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import unquote_to_bytes

PLAIN: Final = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,=:@/-]|%[0-9A-Fa-f]{2})*")
"""RFC 3986's path without the semicolon."""
ALIKE: Final = re.compile(r"(?:/[A-Za-z0-9_-]+)+/?")
"""Segments of what no program takes for anything else."""
TWICE: Final = re.compile(r"%[0-9A-Fa-f]{2}")
ACTS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\\;?#]")
"""What acts in some program once it is decoded."""
DOTS: Final = re.compile(r"[. ]+")
LONGEST: Final = 4_096


def unsafe(target: str) -> bool:
    """Return whether programs could differ about the path of a request's target (path and query)."""
    path = target.partition("?")[0]
    if len(target) <= LONGEST and ALIKE.fullmatch(path):
        return False
    if len(target) > LONGEST or not PLAIN.fullmatch(path):
        return True
    try:
        decoded = unquote_to_bytes(path).decode()
    except UnicodeDecodeError:  # an overlong form of a slash, for one
        return True
    folded = unicodedata.normalize("NFKC", decoded)
    return _acts(decoded, path) or (folded != decoded and _acts(folded, path))


def _acts(decoded: str, path: str) -> bool:
    segments = decoded.split("/")
    return (
        bool(ACTS.search(decoded) or TWICE.search(decoded))
        or len(segments) != path.count("/") + 1
        or any(not segment for segment in segments[1:-1])
        or any(DOTS.fullmatch(segment) for segment in segments)
    )
