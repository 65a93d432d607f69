"""Signs how long the record is, once a second while it grows: whoever has seen a checkpoint notices a cut tail."""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING, Final

from hosts.gateway.chain import Head
from hosts.gateway.errors import RecordError
from hosts.gateway.note import NoteError, checkpoint_text, head_in, parts_of, signed

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from hosts.gateway.record import Record

_LOG = logging.getLogger(__name__)
EVERY: Final = 1.0  # seconds


def last_head(file: Path, origin: str) -> Head:
    """Return the head in the last checkpoint, an empty one where there is none. Raises RecordError.

    Its signature is not asked: what it says can only make the authorizer stricter, and keys change.
    """
    try:
        return head_in(parts_of(file.read_bytes().decode())[0], origin) if file.exists() else Head()
    except (OSError, UnicodeDecodeError, NoteError) as error:
        raise RecordError(
            f"the checkpoint {file} cannot be read ({error}); keep it as evidence, and tell the inspector"
        ) from None


class Checkpoints:
    """Keeps the latest checkpoint of a record in a file; ``origin`` names the record and the key that signs."""

    def __init__(self, record: Record, origin: str, key: Ed25519PrivateKey, file: Path) -> None:
        self._record, self._origin, self._key, self._file = record, origin, key, file
        self._size = -1
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)

    def start(self) -> None:
        """Sign now, and then once a second where the record has grown."""
        try:
            self.sign()
        except OSError as error:
            raise RecordError(
                f"the checkpoint {self._file} cannot be written ({error.strerror}); make it writable"
            ) from None
        self._thread.start()

    def stop(self) -> None:
        """Sign for the last time."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        self._tried()

    def sign(self) -> None:
        """Write a checkpoint of what is on the disk, in one step, where there is more than the last time."""
        if self._record.head.size == self._size:
            return
        head = self._record.settled()
        note = signed(checkpoint_text(self._origin, head), self._origin, self._key)
        draft = self._file.with_name(f".{self._file.name}.draft")
        with draft.open("w", encoding="utf-8") as out:
            out.write(note)
            out.flush()
            os.fsync(out.fileno())  # else a crash could leave an empty checkpoint
        draft.replace(self._file)
        self._size = head.size

    def _run(self) -> None:
        while not self._over.wait(EVERY):
            self._tried()

    def _tried(self) -> None:
        try:
            self.sign()
        except OSError as error:  # the record goes on: whoever watches it sees that checkpoints grow old
            _LOG.error("the checkpoint %s cannot be written (%s); make room", self._file, error.strerror)
