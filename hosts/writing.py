"""Writes to open files."""

from __future__ import annotations

import os


def write_all(file: int, data: bytes) -> None:
    """Write all bytes to an open file, in as many steps as the system makes of it. Raises OSError."""
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]
