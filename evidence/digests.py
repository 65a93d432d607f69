"""SHA-256 digests of files and of folders: by name and content, whatever the order in which a disk lists them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

OWN: Final = Path(__file__).parent
MADE_BY_PYTHON: Final = frozenset({"__pycache__"})


@cache
def of_file(file: Path) -> str:
    """Return the digest of a file's content. Raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@cache
def of_folder(folder: Path, left_out: frozenset[str] = MADE_BY_PYTHON) -> str:
    """Return the digest over the names and digests of a folder's files; folders of the names ``left_out`` are not."""
    told = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if file.is_file() and not left_out & set(name.parts):
            told.update(f"{name.as_posix()}\0{of_file(file)}\n".encode())
    return told.hexdigest()


def own_digest() -> str:
    """Return the digest of what renders: a bundle of another version is not held against this one's renderings."""
    return of_folder(OWN)
