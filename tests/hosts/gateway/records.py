"""Records as an authorizer leaves them: written by the real one, with a key and checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hosts.gateway.note import checkpoint_text, signed
from hosts.gateway.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from hosts.gateway.chain import Head

ORIGIN = "employees.hamar.gateway"


@dataclass(frozen=True)
class Kept:
    """A record, the public key of who signed it, and a checkpoint after each of some lines."""

    record: Path
    key: Path
    checkpoints: dict[int, Path]
    secret: Ed25519PrivateKey


def kept(
    folder: Path,
    lines: int,
    signed_at: tuple[int, ...],
    secret: Ed25519PrivateKey | None = None,
    entries: Sequence[Mapping[str, Any]] = (),
) -> Kept:
    """Write a record of some lines: ``entries``, or short ones where there are none."""
    secret = secret or Ed25519PrivateKey.generate()
    folder.mkdir(exist_ok=True)
    record = Record(folder / "record.jsonl")
    checkpoints = {}
    for number in range(lines + 1):
        if number in signed_at:
            checkpoints[number] = checkpoint(folder / f"checkpoint-{number}", record.head, secret)
        if number < lines:
            record.add(entries[number] if entries else {"person": f"person-{number}", "result": "allow"})
    record.close()
    key = folder / "key.pem"
    key.write_bytes(
        secret.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return Kept(folder / "record.jsonl", key, checkpoints, secret)


def checkpoint(file: Path, head: Head, secret: Ed25519PrivateKey, origin: str = ORIGIN) -> Path:
    file.write_text(signed(checkpoint_text(origin, head), origin, secret), encoding="utf-8")
    return file
