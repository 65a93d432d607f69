"""Signed notes, as C2SP's signed-note defines them: a text, an empty line, and signature lines of named Ed25519 keys.

A checkpoint's text is the record's origin, its number of lines, and the hash of the last line in base64. The record is
a chain and no tree, so this is no tlog-checkpoint; whoever holds a later one can prove that lines were cut off.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature

from hosts.gateway.chain import START, Head

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = b"\x01"
DASH: Final = "\u2014 "
NAME: Final = re.compile(r"[^\s+]+")
HASH_BYTES: Final = 4
MOST_SIGNATURES: Final = 16
SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")


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
    text, signatures = parts_of(note)
    verified = False
    for name, signature in signatures:
        key = keys.get(name)
        if key is None or signature[:HASH_BYTES] != key_hash(name, key):
            continue  # a key that nobody here knows says nothing
        try:
            key.verify(signature[HASH_BYTES:], text.encode())
        except InvalidSignature:
            raise NoteError(f"the signature of {name} does not fit the text") from None
        verified = True
    if not verified:
        raise NoteError(f"no known key has signed it: known is one of {', '.join(sorted(keys)) or 'nobody'}")
    return text


def parts_of(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text of a note, and the name and signature (key hash first) of each line. Raises NoteError."""
    text, gap, block = note.rpartition("\n\n")
    if not gap or not block.endswith("\n"):
        raise NoteError("this is no signed note: an empty line and signatures are missing")
    if any(character < " " and character != "\n" for character in note):
        raise NoteError("this is no signed note: it holds control characters")
    lines = block.removesuffix("\n").split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteError(f"the note has {len(lines)} signatures, and {MOST_SIGNATURES} are the most that are looked at")
    return f"{text}\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    name, gap, encoded = line.removeprefix(DASH).partition(" ")
    try:
        signature = b64decode(encoded, validate=True)
    except ValueError:  # binascii.Error is one
        signature = b""
    if not line.startswith(DASH) or not gap or not NAME.fullmatch(name) or len(signature) <= HASH_BYTES:
        raise NoteError("this is no signed note: a line below the empty one is no signature")
    return name, signature


def checkpoint_text(origin: str, head: Head) -> str:
    """Return the text of a checkpoint of a record."""
    return f"{origin}\n{head.size}\n{b64encode(bytes.fromhex(head.hash)).decode()}\n"


def head_in(text: str, origin: str) -> Head:
    """Return the head that a checkpoint's text names. Raises NoteError."""
    try:
        named, size, digest, rest = text.split("\n")
        head = Head(int(size) if SIZE.fullmatch(size) else -1, b64decode(digest, validate=True).hex())
    except ValueError:  # binascii.Error is one
        named, rest, head = "", "", Head(-1)
    if rest or head.size < 0 or len(head.hash) != len(START):
        raise NoteError("this is no checkpoint: origin, number of lines and hash are three lines")
    if named != origin:
        raise NoteError(f"this is a checkpoint of {named}, and not of {origin}")
    return head
