"""Where a unix socket of a sandbox is: beside what uses it, unless that makes its path too long for the kernel."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

_LONGEST: Final = 100
"""Bytes; the kernel takes 107, and who listens may write a draft beside it."""


def short(inside: Path) -> Path:
    """Return the path itself, or one of the same name in a folder of our own among the system's temporary ones."""
    if len(os.fsencode(inside)) <= _LONGEST:
        return inside
    name = hashlib.sha256(os.fsencode(inside.parent)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"enclave-{os.geteuid()}-{name}" / inside.name
