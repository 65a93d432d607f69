"""Reads vaults: which there are on a host, and what one of them says of tokens, block by block."""

from __future__ import annotations

import fcntl
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from hosts.deidentify.errors import DeidentifyError, UnavailableError
from hosts.deidentify.vault_form import ENDING, SIZE_BYTES, context_of, head_of, nonce, path_of

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError:
    raise DeidentifyError("this host cannot open a vault; install enclave's extra 'tokens'") from None

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from hosts.deidentify.flow import Flow
    from hosts.deidentify.seals import Seal
    from hosts.deidentify.vault_form import Head

_LONGEST_HEAD: Final = 16_384
_LARGEST_BLOCK: Final = 8 * 2**20


@dataclass(frozen=True)
class Found:
    """Values of tokens with the field of each; ``whole`` tells whether the run came to its end."""

    values: dict[str, tuple[str, str | int]]
    whole: bool


def heads(folder: Path) -> Iterator[tuple[Path, Head]]:
    """Yield each vault of a folder that can be read, with its first line. Raises UnavailableError."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ENDING)
    except OSError as error:
        raise UnavailableError(f"--vault {folder} cannot be read ({error.strerror}); name the vaults' folder") from None
    for path in paths:
        try:
            with path.open("rb") as file:
                yield path, head_of(path, file.readline(_LONGEST_HEAD))
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
        key = seal.opened(head_of(path, line).key, context_of(flow, epoch))
        return _looked_up(path, file, AESGCM(key), sha256(line).digest(), tokens)


def _looked_up(path: Path, file: BinaryIO, key: AESGCM, head: bytes, tokens: AbstractSet[str]) -> Found:
    values: dict[str, tuple[str, str | int]] = {}
    number = 0
    while block := _block(file):
        try:
            entries = json.loads(key.decrypt(nonce(number), block, head))
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
    size = int.from_bytes(file.read(SIZE_BYTES), "big")
    if size > _LARGEST_BLOCK:
        return b"\0"  # which opens with no key
    block = file.read(size)
    return block if len(block) == size else b""
