"""What tells that files on the disk have changed since they were read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Stamp = tuple[tuple[str, int], ...]


def stamp_of(files: Iterable[Path]) -> Stamp:
    """Return each file with the time of its last change; that of the link itself where it leads nowhere."""
    return tuple((str(file), _changed(file)) for file in sorted(files))


def real(folder: Path) -> Path:
    """Return a folder without links, as far as they lead somewhere; links in a circle stay."""
    return Path(os.path.realpath(folder))


def _changed(file: Path) -> int:
    for follow in (True, False):
        try:
            return file.stat(follow_symlinks=follow).st_mtime_ns
        except OSError:
            continue
    return 0
