"""Public suffixes: DNS names below which everybody may have names of their own (co.uk, github.io).

Source: the Public Suffix List (PyPI `publicsuffixlist`), its public and its private part.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

PRIVATE: Final = "===BEGIN PRIVATE DOMAINS==="


@lru_cache(maxsize=1)
def public_suffix_list() -> str:
    """Return the text of the list."""
    from publicsuffixlist import PSLFILE  # noqa: PLC0415 (30 ms, which an own name does not need)

    return Path(PSLFILE).read_text(encoding="utf-8")


def is_public_suffix(name: str) -> bool:
    """Return whether a name in lower-case ASCII is a public suffix itself."""
    rules = public_suffix_list()
    if f"\n!{name}\n" in rules:
        return False
    return f"\n{name}\n" in rules or f"\n*.{name.partition('.')[2]}\n" in rules
