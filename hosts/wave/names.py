"""Names of objects: which ones the copier can be told, and under which a store of files holds those that it cannot."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

KEPT_APART: Final = "odd-names/"
"""Where a store of files holds an object whose name no file can have; the manifest and the object tell the name."""
NAME_FIELD: Final = "wave-name"
"""The field of an object's metadata that has its name (UTF-8 in base64: metadata takes ASCII, and 2 KB in all)."""
LONGEST_PART: Final = 255
"""Bytes of a file's name on the file systems of Linux (NAME_MAX)."""
LONGEST_NAME: Final = 1000
"""Bytes of a path that leave room for the folder of the store itself within S3's limit of 1,024."""
_MAPPED: Final = frozenset("\u201b\uff0e\uff0f\uff3c\u2421\ufffd") | {chr(code) for code in range(0x2400, 0x2422)}
"""What rclone writes for characters that it cannot pass on: in a name they would come out as those."""


def copier_takes(name: str) -> bool:
    """Return whether rclone's list of files can tell this name, and rclone keeps it as it is.

    Source: rclone's documentation, `--files-from-raw` and "Restricted filenames"; its list ends a name at a line break.
    """
    if any(part in ("", ".", "..") for part in name.split("/")):
        return False
    return not any(character in _MAPPED or ord(character) < 32 or ord(character) == 127 for character in name)  # noqa: PLR2004


def folder_of(names: Sequence[str]) -> str:
    """Return the deepest folder that all names lie in, with its slash; empty where that is the bucket itself."""
    first, last = min(names), max(names)
    same = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    return first[: first.rfind("/", 0, same) + 1]


def files_take(name: str) -> bool:
    """Return whether a store that keeps objects as files (POSIX) can hold an object of this name."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or len(part.encode()) > LONGEST_PART for part in parts) or name.startswith(
        KEPT_APART
    ):
        return False
    return len(name.encode()) <= LONGEST_NAME and "\0" not in name and parts[0] != ".sgwtmp"


def held_as(name: str, *, files: bool) -> str:
    """Return the name under which the target holds an object; ``files``: it is a store of files."""
    if not files or files_take(name):
        return name
    return KEPT_APART + hashlib.sha256(name.encode()).hexdigest()
