"""The vault of a run: what leads from its tokens back to values, sealed, in one file that is written once.

The first line says what the file is for, and holds its own data key as the site's key has wrapped it. Blocks of entries
follow, each of them AES-256-GCM with its number as nonce and the first line as associated data: a block that is
changed, moved or of another vault does not open. An empty block ends it; a run that was killed leaves none.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from hosts.deidentify.errors import DeidentifyError, OddError, UnavailableError
from hosts.deidentify.lines import parsed
from hosts.deidentify.token_form import ID_BYTES, id_of
from hosts.writing import write_all

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError:
    raise DeidentifyError("this host cannot seal a vault; install enclave's extra 'tokens'") from None

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from hosts.deidentify.flow import Flow
    from hosts.deidentify.seals import Seal

ENDING: Final = ".vault"
FORM: Final = "enclave vault 1"
_ONLY_OURS: Final = 0o600
_LONGEST_HEAD: Final = 16_384
_BLOCK: Final = 512
"""Entries that are sealed at once."""
_LARGEST_BLOCK: Final = 8 * 2**20
_NONCE: Final = 12
_SIZE: Final = 4


@dataclass(frozen=True)
class Head:
    """What a vault is for; ``key`` is its data key, wrapped. ``id`` stands in each of its tokens."""

    form: str
    id: str
    flow: str
    purpose: str
    recipient: str
    epoch: str
    key: str


@dataclass(frozen=True)
class Found:
    """Values of tokens with the field of each; ``whole`` tells whether the run came to its end."""

    values: dict[str, tuple[str, str | int]]
    whole: bool


def context_of(flow: Flow, epoch: str) -> dict[str, str]:
    """Return what the data key of a vault is bound to, as KMS knows it: an encryption context.

    The key's policy asks for the first (components/aws/key_policy.py).
    """
    sealed_by = flow.reversal.key if flow.reversal else ""
    whom = {"flow": flow.name, "purpose": flow.purpose, "recipient": flow.recipient}
    return {"enclave:vault": sealed_by, **whom, "epoch": epoch}


def path_of(folder: Path, flow: Flow, epoch: str) -> Path:
    """Return where the vault of a purpose, recipient and epoch lies."""
    return folder / f"{flow.purpose}.{flow.recipient}.{epoch}{ENDING}"


class Vault:
    """A vault that is being filled; `settle` writes what waits."""

    def __init__(self, file: int, path: Path, head: Head, key: bytes) -> None:
        """Raises OSError."""
        self.id = head.id
        self._file, self._path = file, path
        self._seal = AESGCM(key).encrypt
        line = _line(head)
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
        block = self._seal(_nonce(self._number), text, self._head)
        try:
            write_all(self._file, len(block).to_bytes(_SIZE, "big") + block)
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


def heads(folder: Path) -> Iterator[tuple[Path, Head]]:
    """Yield each vault of a folder that can be read, with its first line. Raises UnavailableError."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ENDING)
    except OSError as error:
        raise UnavailableError(f"--vault {folder} cannot be read ({error.strerror}); name the vaults' folder") from None
    for path in paths:
        try:
            with path.open("rb") as file:
                yield path, _head(path, file.readline(_LONGEST_HEAD))
        except (OSError, UnavailableError):
            continue  # one that is damaged makes no other one unreadable


def found(folder: Path, flow: Flow, epoch: str, tokens: AbstractSet[str], seal: Seal) -> Found:
    """Return what a vault says of tokens; it is read block by block. Raises UnavailableError."""
    path = path_of(folder, flow, epoch)
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnavailableError(f"the vault {path} cannot be read ({error.strerror}); name the vaults' folder") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnavailableError(f"a run still fills the vault {path}; wait until it has ended") from None
        line = file.readline(_LONGEST_HEAD)
        key = seal.opened(_head(path, line).key, context_of(flow, epoch))
        return _looked_up(path, file, AESGCM(key), sha256(line).digest(), tokens)


def _looked_up(path: Path, file: BinaryIO, key: AESGCM, head: bytes, tokens: AbstractSet[str]) -> Found:
    values: dict[str, tuple[str, str | int]] = {}
    number = 0
    while block := _block(file):
        try:
            entries = json.loads(key.decrypt(_nonce(number), block, head))
        except (InvalidTag, ValueError):
            raise UnavailableError(
                f"block {number + 1} of the vault {path} was changed; find out by whom, and restore it"
            ) from None
        if not entries:
            return Found(values, whole=True)
        values.update({token: (field, value) for field, token, value in entries if token in tokens})
        number += 1
    return Found(values, whole=False)


def _block(file: BinaryIO) -> bytes:
    """Return the next block, b"" where none is whole: a run was killed while it wrote it, and let no token of it go."""
    size = int.from_bytes(file.read(_SIZE), "big")
    if size > _LARGEST_BLOCK:
        return b"\0"  # which opens with no key
    block = file.read(size)
    return block if len(block) == size else b""


def _head(path: Path, line: bytes) -> Head:
    try:
        row: dict[str, Any] = parsed(line)
        head = Head(**row)
    except (OddError, TypeError):
        head = None
    if head is None or head.form != FORM or not all(isinstance(one, str) for one in row.values()):
        raise UnavailableError(f"{path} is no vault, or was changed; find out by whom, and restore it")
    return head


def _line(head: Head) -> bytes:
    return json.dumps(asdict(head), separators=(",", ":")).encode() + b"\n"


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE, "big")  # the key is of this file alone


def _sync_names(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
