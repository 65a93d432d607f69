"""Reads a regular file up to a limit and waits for nobody, by Python's own library alone: what tells has no other."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

LARGEST: Final = 64 * 2**20
"""Bytes."""


def content(path: Path, largest: int = LARGEST) -> bytes:
    """Return what a file holds. Raises OSError, for a pipe, a device and what is too large as well."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:  # a pipe would be waited for
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(0, "is no file", str(path))
        found = stream.read(largest + 1)
    if len(found) > largest:
        raise OSError(0, f"holds more than {largest:,} bytes", str(path))
    return found
