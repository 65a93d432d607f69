"""What a command is given of a gateway's record: the key of who signed it, and the checkpoints that the key fits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from console.verify_log.checking import Checkpoint
from located_yaml import ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from hosts.gateway.chain import Head

BESIDE: Final = "checkpoint"
"""The name of the latest checkpoint, which the authorizer keeps beside its record."""
LARGEST: Final = 1_000_000
"""Bytes of a key or a checkpoint; more is another file."""
WITHOUT_LIBRARY: Final = "signatures cannot be verified here; install enclave with its extra `gateway`"


class InputError(Exception):
    """A key or a checkpoint that is none."""


@dataclass
class Given:
    """Checkpoints that the key has signed, what is no checkpoint, and what is one but not to be believed."""

    good: list[Checkpoint] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    origin: str | None = None

    def take(self, files: Sequence[Path], key: Ed25519PublicKey, origin: str | None) -> None:
        """Open checkpoints, and note what came of each."""
        for file in files:
            try:
                said, head = _opened(_text(file), key, origin)
            except InputError as error:
                self.wrong.append(f"{file}: {error}")
            except ValueError as error:
                self.refused.append(f"{file}: {error}")
            else:
                self.good.append(Checkpoint(str(file), head))
                if said != (self.origin or said):
                    self.refused.append(f"the checkpoints are of several records: {self.origin}, {said}")
                self.origin = said


def given(record: Path, key: Path, checkpoints: Sequence[Path], origin: str | None) -> Given:
    """Return what a record is held against; without checkpoints, the one beside the record counts.

    Raises OSError for a file that cannot be read.
    """
    named = list(checkpoints)
    if not named and (beside := record.parent / BESIDE).exists():
        named = [beside]
    read = Given()
    try:
        read.take(named, public_key(key), origin)
    except InputError as error:
        read.wrong.append(str(error))
    if not named:
        read.wrong.append(f"{record}: no checkpoint lies beside it; give those that you kept with --checkpoint FILE")
    if not record.is_file():
        read.wrong.append(f"{record}: there is no such file; name the record of a gateway")
    return read


def public_key(file: Path) -> Ed25519PublicKey:
    """Return an Ed25519 public key in PEM."""
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415
    except ImportError:
        raise InputError(WITHOUT_LIBRARY) from None
    try:
        key = load_pem_public_key(_bytes(file))
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(f"{file}: this is no Ed25519 public key in PEM; `openssl pkey -in KEY -pubout` makes one")
    return key


def _opened(note: str, key: Ed25519PublicKey, origin: str | None) -> tuple[str, Head]:
    """Return the origin and the head of a checkpoint.

    Raises InputError where it is none, NoteError where it is forged.
    """
    from hosts.gateway.note import NoteError, head_in, opened, parts_of  # noqa: PLC0415  it needs the library

    try:
        text, _ = parts_of(note)
        named = text.split("\n")[0]
        head = head_in(text, named)
    except NoteError as error:
        raise InputError(str(error)) from None
    opened(note, {named: key})
    if origin not in (None, named):
        raise NoteError(f"this is a checkpoint of {named}, and not of {origin}")
    return named, head


def _text(file: Path) -> str:
    try:
        return _bytes(file).decode()
    except UnicodeDecodeError:
        raise InputError("this is no checkpoint: it is no UTF-8") from None


def _bytes(file: Path) -> bytes:
    try:
        return read_bytes(file, str(file), LARGEST)
    except ProblemsError as error:
        raise InputError(error.problems[0].message) from None
