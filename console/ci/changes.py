"""Which files a change touches, as git tells."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def changed_since(base: str, repository: Path) -> tuple[str, ...] | None:
    """Return the files that differ between a commit and HEAD, both names of one that moved; None where git cannot tell.

    A first push has no commit before it, and the old commit of a rewritten history is not there.
    """
    git = shutil.which("git")
    if git is None or not base or base.startswith("-"):
        return None
    done = subprocess.run(
        [git, "diff", "--name-only", "-z", "--no-renames", base, "HEAD", "--"],
        cwd=repository,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    return None if done.returncode else tuple(filter(None, done.stdout.split("\0")))
