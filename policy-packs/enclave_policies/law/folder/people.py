"""Whether two names are two people: one who writes the own name twice in different letters is one."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from enclave_policies.law.folder.lookalikes import AS_TWO, PLAIN, STROKES

ADDRESS: Final = re.compile(r"([^\s<>@\"']+)@([^\s<>@\"']+)")
WORD: Final = re.compile(r"[^\W_]+")
HIDDEN: Final = ("Cf", "Cc", "Mn", "Me")
"""Categories of Unicode: controls, formats, marks on other letters."""


def problem_with(owner: str, approver: str, what: str = "exception") -> str | None:
    """Return why these are not two people, None where they are. A name may be a mail address, or have one beside it.

    ``what`` is what one of them owns and the other approves.
    """
    if not (looks(owner) and looks(approver)):
        return "owner or approver is a name without a letter that anybody sees; write it out"
    if addresses(owner) & addresses(approver) or looks(owner) & looks(approver):
        return f"'{approver}' owns the {what} and approves it; another person must approve"
    told = addresses(owner), addresses(approver)
    if not all(told) and _may_be_one(_words(owner), _words(approver)):
        return (
            f"'{approver}' may be the owner '{owner}', written shorter or longer; another person must approve: "
            "write both names out, each with a mail address"
        )
    return None


def _words(name: str) -> list[str]:
    """Return the words of a name as they look; of a bare mail address, those before the @."""
    written = unicodedata.normalize("NFKC", name)
    bare = ADDRESS.sub(" ", written)
    if not WORD.search(bare):
        bare = " ".join(user.partition("+")[0] for user, _ in ADDRESS.findall(written)) or written
    return WORD.findall(_plain(bare).translate(STROKES[0]))


def _may_be_one(one: list[str], other: list[str]) -> bool:
    """Return whether every word of the shorter name is a word of the longer one, or its first letter."""
    short, long = sorted((one, list(other)), key=len)
    left = list(long)
    for word in sorted(short, key=len, reverse=True):
        found = next((each for each in left if each == word), None) or next(
            (each for each in left if 1 in (len(each), len(word)) and each[0] == word[0]), None
        )
        if found is None:
            return False
        left.remove(found)
    return True


def looks(name: str) -> frozenset[str]:
    """Return what a name may look like, its words in their order and in any: without case, accents, hidden letters."""
    written = unicodedata.normalize("NFKC", name)
    bare = ADDRESS.sub(" ", written)
    if not WORD.search(bare):
        bare = written
    found = {
        made
        for text in (bare, bare.replace("I", "l"), unicodedata.normalize("NFC", bare).casefold().translate(AS_TWO))
        for strokes in STROKES
        for words in [WORD.findall(_plain(text).translate(strokes))]
        for made in ("".join(words), "".join(sorted(words)))
    }
    return frozenset(found - {""})


def addresses(name: str) -> frozenset[str]:
    """Return the mail addresses in a name, without what mail servers pass over: case, and a part behind ``+``."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return frozenset(f"{user.partition('+')[0]}@{domain.rstrip('.')}" for user, domain in ADDRESS.findall(plain))


def _plain(text: str) -> str:
    """Return a text in small letters of ASCII, as far as they look like some."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if unicodedata.category(letter) not in HIDDEN).translate(PLAIN)
