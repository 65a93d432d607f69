"""Files that are either whole or not there."""

from __future__ import annotations

import os
import tempfile
from errno import ENOENT
from pathlib import Path

_PRIVATE = 0o600


def write_whole(path: Path, content: str | bytes, *, mode: int = _PRIVATE) -> None:
    """Replace `path` in one step, so that no reader ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_whole(path: Path) -> str:
    """Return the text of a regular file. Raises OSError for anything else, and ValueError for what is no UTF-8.

    A pipe would be waited for, and a device has no end.
    """
    if not path.is_file():
        raise FileNotFoundError(ENOENT, "there is no such file", str(path))
    return path.read_text(encoding="utf-8")
