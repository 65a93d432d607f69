"""The token's PIN, from a file of its owner's alone; taking the file away locks the plugin."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hosts.key_plugin.errors import LockedError

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LONGEST = 256  # bytes


@dataclass(frozen=True)
class Pin:
    """A PIN and the moment of its file, by which a change is seen; the PIN is in no text form of it."""

    secret: str
    moment: tuple[int, int, int]

    def __repr__(self) -> str:
        return "Pin(…)"


def read(path: Path) -> Pin:
    """Return the PIN in `path`, without the newline at its end.

    Raises:
        LockedError: there is none, or others than its owner could read or change it.
    """
    try:
        # NONBLOCK: a pipe in its place must not keep us waiting
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise LockedError(
            f"locked: the PIN file {path} cannot be read ({error.strerror}); put it there with mode 0600"
        ) from None
    try:
        status = os.fstat(handle)
        problem = _problem(status)
        secret = b"" if problem else os.read(handle, _LONGEST + 1).rstrip(b"\r\n")
    finally:
        os.close(handle)
    if not problem and not 0 < len(secret) <= _LONGEST:
        problem = f"holds {'more than ' if secret else ''}{_LONGEST if secret else 0} bytes"
    if problem:
        raise LockedError(f"locked: the PIN file {path} {problem}; it must be a file of mode 0600 that holds the PIN")
    try:
        return Pin(secret.decode(), (status.st_ino, status.st_mtime_ns, status.st_size))
    except UnicodeDecodeError:
        raise LockedError(f"locked: the PIN file {path} is not UTF-8 text; write the PIN anew") from None


def _problem(status: os.stat_result) -> str:
    if not stat.S_ISREG(status.st_mode):
        return "is no regular file"
    if status.st_mode & _OTHERS:
        return f"has mode {stat.S_IMODE(status.st_mode):04o}"
    if status.st_uid not in (os.geteuid(), 0):
        return f"belongs to user {status.st_uid}, who is neither root nor this process's user"
    return ""
