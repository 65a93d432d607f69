"""Which commit a declaration and its code are of, and whether they differ from it."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

from hosts.gateway.approval_terms import COMMIT, NO_COMMIT

if TYPE_CHECKING:
    from pathlib import Path

PARTS: Final = ("components", "hosts")
"""What a bundle is compiled from, and what the image is built from."""
REMOTE: Final = frozenset({"https", "http", "ssh", "git"})
SCP: Final = re.compile(r"(?:[^@/:]+@)?[A-Za-z0-9.-]{2,}:")


@dataclass(frozen=True)
class Source:
    """A commit, and the files that differ from it: those of a folder that no git repository holds all do."""

    commit: str
    differing: tuple[str, ...]


def source_of(project: Path, stack: str) -> Source:
    """Return the source of a stack's declaration."""
    commit = _git(project, "rev-parse", "--verify", "HEAD")
    if commit is None or not COMMIT.fullmatch(commit.strip()):
        return Source(NO_COMMIT, ("all of it, as no git repository holds it",))
    parts = [*PARTS, f"stacks/{stack}.yaml"]
    status = _git(project, "status", "--porcelain", "--no-renames", "--", *parts)
    differing = ("unknown, as git does not say",) if status is None else tuple(line[3:] for line in status.splitlines())
    return Source(commit.strip(), differing)


def origin_of(project: Path) -> str:
    """Return the URL of the repository that a project was cloned from, without user, password and query.

    Empty where there is none, or where it is a folder of this machine.
    """
    told = (_git(project, "config", "--get", "remote.origin.url") or "").strip()
    if "://" not in told and SCP.match(told):  # git's short form of ssh, HOST:PATH
        host, _, path = told.rpartition("@")[2].partition(":")
        told = f"ssh://{host}/{path.lstrip('/')}"
    try:
        parts = urlsplit(told)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in REMOTE or not parts.hostname:
        return ""
    return urlunsplit((parts.scheme, f"{parts.hostname}{port}", parts.path, "", ""))


def _git(project: Path, *words: str) -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    try:
        done = subprocess.run(
            [git, "-C", str(project), *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, UnicodeDecodeError):
        return None
    return None if done.returncode else done.stdout
