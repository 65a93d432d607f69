"""What a token looks like outside: it names the vault that leads back, and tells nothing of the value."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from typing import Final

TOKEN: Final = re.compile(r"tok-([A-Za-z0-9_-]{6})-[A-Za-z0-9_-]{22}", re.ASCII)
"""The group is the id of the vault."""
ID_BYTES: Final = 5
BYTES: Final = 16
"""Of a token: two of 10^15 values share one with a probability of about 10^-9."""


def id_of(chance: bytes) -> str:
    """Return the id of a vault; ``chance`` are `ID_BYTES` bytes."""
    return urlsafe_b64encode(chance)[:6].decode()


def token_of(vault: str, code: bytes) -> str:
    """Return a token; ``code`` is of `BYTES` bytes or more."""
    return f"tok-{vault}-{urlsafe_b64encode(code[:BYTES])[:22].decode()}"
