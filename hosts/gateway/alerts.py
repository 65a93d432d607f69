"""The spool of alerts: one JSON line for each, on the disk before the access that it tells of is allowed."""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.errors import AlertError
from hosts.writing import write_all

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ONLY_OURS: Final = 0o600
PATIENCE: Final = 0.8
"""Seconds that the spool gets; together with the record's, less than Envoy waits."""


class Alerts:
    """One file that only grows; a sender delivers what is in it."""

    def __init__(self, path: Path) -> None:
        """Raises AlertError where the file cannot be used. A line that a crash cut is left out: nobody was told yes."""
        self.path = path
        self._alone = threading.Lock()
        self._broken = ""
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, ONLY_OURS)
            whole = path.read_bytes().rfind(b"\n") + 1
            if os.fstat(self._file).st_size != whole:
                os.ftruncate(self._file, whole)
            os.fsync(self._file)
        except OSError as error:
            raise AlertError(f"the spool of alerts {path} cannot be used ({error.strerror}); make it so") from None

    def add(self, entry: Mapping[str, Any]) -> None:
        """Write an alert, and return once it is on the disk. Raises AlertError, and from then on always."""
        line = json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        with self._alone:
            if not self._broken:
                try:
                    write_all(self._file, line)
                    os.fdatasync(self._file)
                except OSError as error:
                    # As with the record: what is on the disk now, only a new start can tell.
                    what = f"the spool of alerts {self.path} cannot be written ({error.strerror})"
                    self._broken = f"{what}; make room, then restart"
            if self._broken:
                raise AlertError(self._broken)

    def close(self) -> None:
        """Close the file."""
        with self._alone:
            os.close(self._file)
