"""What a platform kept of an earlier run: a zip, which is unpacked into a folder and nowhere else."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

from console.ci.results import NAME

if TYPE_CHECKING:
    from pathlib import Path

MOST: Final = 10_000
"""Files."""
LARGEST: Final = 2**30
"""Bytes, unpacked."""


class UnpackError(Exception):
    """It is no zip that we unpack; the text is for the user."""


def unpack(content: bytes, folder: Path) -> int:
    """Unpack a zip into a folder, and return how many files that are. Raises UnpackError, OSError.

    What lies around the folder of our results is left away: GitLab keeps the path to it, GitHub does not.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(files) > MOST or sum(entry.file_size for entry in files) > LARGEST:
                raise UnpackError(f"the last run's files are more than {MOST:,}, or {LARGEST:,} bytes")
            if outside := [entry.filename for entry in files if _leads_out(entry.filename)]:
                raise UnpackError(f"the last run's files are not to be unpacked: '{outside[0][:80]}' leads elsewhere")
            around = min((entry.filename for entry in files if _is_ours(entry.filename)), key=len, default=NAME)
            top = around.removesuffix(NAME)
            files = [entry for entry in files if entry.filename.startswith(top)]
            for entry in files:
                target = folder / entry.filename.removeprefix(top)  # a link comes out as a plain file
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(entry))
            return len(files)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise UnpackError("what the platform kept of the last run is no zip that can be read") from None


def _is_ours(name: str) -> bool:
    return name.rpartition("/")[2] == NAME


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith("/") or ".." in parts or ":" in parts[0]
