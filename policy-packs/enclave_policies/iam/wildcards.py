"""Patterns of IAM: ``*`` is any text, ``?`` any letter, and nothing else means anything but itself.

Source: IAM user guide, "IAM JSON policy elements: Resource" (wildcards). A shell's patterns are others: their brackets
are letters here.
"""

from __future__ import annotations

from typing import Final

MOST: Final = 4_000_000
"""Letters times letters that are compared; a policy has 32 kB at most (Amazon S3 and KMS take less)."""


def matches(text: str, pattern: str) -> bool:
    """Return whether a whole text matches a pattern; False where both are too long for anybody's policy."""
    if len(text) * len(pattern) > MOST:
        return text == pattern
    at = star = mark = 0
    seen = False
    place = 0
    while at < len(text):
        if place < len(pattern) and pattern[place] == "*":
            seen, star, mark = True, place, at
            place += 1
        elif place < len(pattern) and pattern[place] in ("?", text[at]):
            place += 1
            at += 1
        elif seen:  # let the last star take one letter more
            mark += 1
            place, at = star + 1, mark
        else:
            return False
    return all(letter == "*" for letter in pattern[place:])
