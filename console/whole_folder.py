"""Folders that are written whole or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Let a folder of these files take the place of what is there. Raises OSError; then all is as it was before."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name[:40]}-") as room:
        new, old = Path(room, "new"), Path(room, "old")
        for name, content in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
        _exchange(folder, new, old)


def _exchange(folder: Path, new: Path, old: Path) -> None:
    """Let a folder take another's place; where that fails or is broken off, the old one comes back."""
    try:
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise
