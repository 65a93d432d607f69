"""Stand-in approvers of grants: anybody can compute their keys from their names, so they prove nothing elsewhere."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

if TYPE_CHECKING:
    from pathlib import Path


def key_of(name: str) -> Ed25519PrivateKey:
    """Return the stand-in key of an approver."""
    return Ed25519PrivateKey.from_private_bytes(sha256(f"enclave sandbox approver {name}".encode()).digest())


def public(name: str) -> str:
    """Return the public key as a declaration has it: 32 bytes in base64."""
    return b64encode(key_of(name).public_key().public_bytes_raw()).decode()


def write_key(name: str, file: Path) -> None:
    """Write the private key as PEM, readable for its owner alone."""
    file.touch(mode=0o600)
    file.write_bytes(
        key_of(name).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
