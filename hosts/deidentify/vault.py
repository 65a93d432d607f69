"""Fills the vault of a run, which is written once and only grows; its form is in `vault_form`."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from hosts.deidentify.errors import DeidentifyError, UnavailableError
from hosts.deidentify.token_form import ID_BYTES, id_of
from hosts.deidentify.vault_form import FORM, SIZE_BYTES, Head, context_of, line_of, nonce, path_of
from hosts.writing import write_all

try:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError:
    raise DeidentifyError("this host cannot seal a vault; install enclave's extra 'tokens'") from None

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hosts.deidentify.flow import Flow
    from hosts.deidentify.seals import Seal

_ONLY_OURS: Final = 0o600
_BLOCK: Final = 512
"""Entries that are sealed at once."""


class Vault:
    """A vault that is being filled; `settle` writes what waits."""

    def __init__(self, file: int, path: Path, head: Head, key: bytes) -> None:
        """Raises OSError."""
        self.id = head.id
        self._file, self._path = file, path
        self._seal = AESGCM(key).encrypt
        line = line_of(head)
        self._head = sha256(line).digest()
        self._number = 0
        self._waiting: list[tuple[str, str, str | int]] = []
        write_all(file, line)

    def add(self, field: str, token: str, value: str | int) -> None:
        """Take an entry in."""
        self._waiting.append((field, token, value))
        if len(self._waiting) >= _BLOCK:
            self._write()

    def settle(self, lasting: bool) -> None:
        """Write what waits, so that it outlives this process; lasting: this machine, too. Raises UnavailableError."""
        if self._waiting:
            self._write()
        if lasting:
            self._sync()

    def end(self) -> None:
        """Say that nothing follows. Raises UnavailableError."""
        self.settle(False)
        self._write()
        self._sync()

    def _write(self) -> None:
        text = json.dumps(self._waiting, ensure_ascii=False, separators=(",", ":")).encode()
        block = self._seal(nonce(self._number), text, self._head)
        try:
            write_all(self._file, len(block).to_bytes(SIZE_BYTES, "big") + block)
        except OSError as error:
            raise self._unwritable(error) from None
        self._number += 1
        self._waiting.clear()

    def _sync(self) -> None:
        try:
            os.fsync(self._file)
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> UnavailableError:
        return UnavailableError(f"the vault {self._path} cannot be written ({error.strerror}); mend its disk")


@contextmanager
def made(folder: Path, flow: Flow, epoch: str, seal: Seal) -> Iterator[Vault]:
    """Make the vault of a run, locked, and end it with the run. Raises DeidentifyError, UnavailableError."""
    path = path_of(folder, flow, epoch)
    key, wrapped = seal.fresh(context_of(flow, epoch))
    head = Head(FORM, id_of(os.urandom(ID_BYTES)), flow.name, flow.purpose, flow.recipient, epoch, wrapped)
    try:
        file = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, _ONLY_OURS
        )
    except FileExistsError:
        raise DeidentifyError(
            f"{path} is there already, and no vault is made twice; take an epoch of its own for each run"
        ) from None
    except OSError as error:
        raise UnavailableError(f"{path} cannot be made ({error.strerror}); make --vault a writable folder") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            vault = Vault(file, path, head, key)
            _sync_names(folder)
        except OSError as error:
            raise UnavailableError(f"the vault {path} cannot be written ({error.strerror}); mend its disk") from None
        yield vault
        vault.end()
    finally:
        os.close(file)


def _sync_names(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
