"""Files that are either whole or not there."""

from __future__ import annotations

import os
import tempfile
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
