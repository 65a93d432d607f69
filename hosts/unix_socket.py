"""A unix socket on which only its own user may listen, and to which only its own user may connect."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

LONGEST: Final = 107
"""Bytes; the kernel's limit for a socket's path."""
_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH


class SocketError(Exception):
    """Nobody can listen there, or others could too; the text names the remedy."""


def check(path: Path) -> None:
    """Make sure that we can listen at `path`, and only we. Raises SocketError."""
    if not path.is_absolute() or len(os.fsencode(path)) > LONGEST:
        raise SocketError(f"--socket {path}: an absolute path of at most {LONGEST} bytes is needed")
    try:
        folder = path.parent.stat()
    except OSError as error:
        raise SocketError(
            f"--socket {path}: its folder cannot be used ({error.strerror}); create it, mode 0700"
        ) from None
    if folder.st_mode & _OTHERS or folder.st_uid not in (os.geteuid(), 0):
        raise SocketError(f"--socket {path}: others may write to its folder; chown it to this user and chmod it 0700")
    if os.path.lexists(path) and not stat.S_ISSOCK(path.lstat().st_mode):
        raise SocketError(f"--socket {path}: there is a file that is no socket; remove it or choose another path")
    with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
        probe.connect(str(path))
        raise SocketError(f"--socket {path}: another process serves there; stop it first")
