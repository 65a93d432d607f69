"""The private key in a file of a host: an Ed25519 key in PEM, without a passphrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

if TYPE_CHECKING:
    from pathlib import Path


class KeyFileError(ValueError):
    """A file that holds no such key; the text names the cause and the next step."""


def private_key(file: Path) -> Ed25519PrivateKey:
    """Return the key that ``--key`` names. Raises KeyFileError."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise KeyFileError(f"--key {file} cannot be read ({error}); give an Ed25519 private key in PEM") from None
    return key_in(data, f"--key {file}")


def key_in(data: bytes, where: str) -> Ed25519PrivateKey:
    """Return the key that bytes hold; ``where`` says in a message where they come from. Raises KeyFileError."""
    try:
        key = load_pem_private_key(data, None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"{where} cannot be read ({error}); give an Ed25519 private key in PEM") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{where} is no Ed25519 key; give one")
    return key
