"""Signed notes, as C2SP's signed-note defines them: a text, an empty line, and signature lines of named Ed25519 keys.

A checkpoint's text is the record's origin, its number of lines, and the hash of the last line in base64. The record is
a chain and no tree, so this is no tlog-checkpoint; whoever holds a later one can prove that lines were cut off.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature

from hosts.gateway.chain import Head

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = b"\x01"
DASH: Final = "\u2014 "


class NoteError(ValueError):
    """A note that is malformed, or that no known key has signed."""


def key_hash(name: str, key: Ed25519PublicKey) -> bytes:
    """Return the four bytes by which a signature line names its key (C2SP signed-note, "Signatures")."""
    return sha256(name.encode() + b"\n" + ED25519 + key.public_bytes_raw()).digest()[:4]


def signed(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Return the note of a text, which must end with a line feed."""
    signature = key_hash(name, key.public_key()) + key.sign(text.encode())
    return f"{text}\n{DASH}{name} {b64encode(signature).decode()}\n"


def opened(note: str, keys: Mapping[str, Ed25519PublicKey]) -> str:
    """Return the text of a note that at least one of the named keys has signed. Raises NoteError."""
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise NoteError("this is no signed note: an empty line and signatures are missing")
    text += "\n"
    for line in lines.splitlines():
        name, _, encoded = line.removeprefix(DASH).partition(" ")
        key = keys.get(name) if line.startswith(DASH) else None
        if key is None:
            continue  # a key that nobody here knows says nothing
        try:
            signature = b64decode(encoded, validate=True)
            if signature[:4] == key_hash(name, key):
                key.verify(signature[4:], text.encode())
                return text
        except (InvalidSignature, binascii.Error):
            break
    raise NoteError(f"no signature of {', '.join(sorted(keys))} fits the text")


def checkpoint_text(origin: str, head: Head) -> str:
    """Return the text of a checkpoint of a record."""
    return f"{origin}\n{head.size}\n{b64encode(bytes.fromhex(head.hash)).decode()}\n"


def head_in(text: str, origin: str) -> Head:
    """Return the head that a checkpoint's text names. Raises NoteError."""
    try:
        named, size, digest = text.splitlines()[:3]
        head = Head(int(size), b64decode(digest, validate=True).hex())
    except (ValueError, binascii.Error):
        raise NoteError("this is no checkpoint: origin, number of lines and hash are three lines") from None
    if named != origin:
        raise NoteError(f"this is a checkpoint of {named}, and not of {origin}")
    return head
