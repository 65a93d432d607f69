"""The one form of an identifier, of which pseudonyms and tokens are made."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from hosts.deidentify.errors import OddError

ODD_TYPE: Final = "odd-type"
ODD_TEXT: Final = "odd-text"
ODD_NUMBER: Final = "odd-number"
LONGEST: Final = 1024
"""Letters of a text that gets a pseudonym or a token; a longer one is no identifier."""


def identity(value: Any, *, exact: bool = False) -> bytes:
    """Return the one form of an identifier: equal for equal texts, and never the same for a text and a number.

    ``exact``: texts that Unicode calls the same, and that differ, differ.
    """
    if type(value) is str:
        if not 0 < len(value) <= LONGEST:
            raise OddError(ODD_TEXT)
        if value.isascii():
            return b"s" + value.encode()
        try:
            # One text, however its accents are stored.
            return b"s" + (value if exact else unicodedata.normalize("NFC", value)).encode()
        except UnicodeEncodeError:
            raise OddError(ODD_TEXT) from None
    if type(value) is int:
        if not -(2**63) <= value < 2**64:
            raise OddError(ODD_NUMBER)
        return b"i%d" % value
    raise OddError(ODD_TYPE)
