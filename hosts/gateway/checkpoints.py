"""Signs how long the record is, once a second while it grows: whoever has seen a checkpoint notices a cut tail."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from hosts.gateway.note import checkpoint_text, signed

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from hosts.gateway.record import Record

EVERY: Final = 1.0  # seconds


class Checkpoints:
    """Keeps the latest checkpoint of a record in a file; ``origin`` names the record and the key that signs."""

    def __init__(self, record: Record, origin: str, key: Ed25519PrivateKey, file: Path) -> None:
        self._record, self._origin, self._key, self._file = record, origin, key, file
        self._size = -1
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)

    def start(self) -> None:
        """Sign now, and then once a second where the record has grown."""
        self.sign()
        self._thread.start()

    def stop(self) -> None:
        """Sign for the last time."""
        self._over.set()
        self._thread.join()
        self.sign()

    def sign(self) -> None:
        """Write a checkpoint of what is on the disk, in one step, where there is more than the last time."""
        head = self._record.head
        if head.size == self._size:
            return
        note = signed(checkpoint_text(self._origin, head), self._origin, self._key)
        draft = self._file.with_name(f".{self._file.name}.draft")
        draft.write_text(note, encoding="utf-8")
        draft.replace(self._file)
        self._size = head.size

    def _run(self) -> None:
        while not self._over.wait(EVERY):
            self.sign()
