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
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyFileError(f"--key {file} cannot be read ({error}); give an Ed25519 private key in PEM") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"--key {file} is no Ed25519 key; give one")
    return key
