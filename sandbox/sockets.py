"""Where a unix socket of a sandbox is: beside what uses it, unless that makes its path too long for the kernel."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

_LONGEST: Final = 100
"""Bytes; the kernel takes 107, and who listens may write a draft beside it."""
AUTHORIZER: Final = Path("run", "authorizer.sock")
"""Where the authorizer of a gateway listens, in the folder of its bundle; Envoy's own socket is beside it."""


def short(inside: Path) -> Path:
    """Return the path itself, or one of the same name in a folder of our own among the system's temporary ones."""
    if len(os.fsencode(inside)) <= _LONGEST:
        return inside
    name = hashlib.sha256(os.fsencode(inside.parent)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"enclave-{os.geteuid()}-{name}" / inside.name


def clear(inside: Path) -> None:
    """Remove the folder of our own in which a socket was, with what those who listened left; one in a sandbox stays."""
    where = short(inside)
    if where != inside:
        shutil.rmtree(where.parent, ignore_errors=True)
