"""What a bundle's signature calls its key: by the key's own digest, so that no other name passes."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hosts.gateway.dsse import ED25519_BYTES

STAND_IN: Final = "stand-in "
"""How the name begins where a sandbox's stand-in signed."""


def signer_name(public: str, *, stand_in: bool = False) -> str:
    """Return the ``keyid`` of a key: ``public`` is its Ed25519 bytes or its DER, in base64."""
    raw = b64decode(public)
    if len(raw) == ED25519_BYTES:
        raw = Ed25519PublicKey.from_public_bytes(raw).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"{STAND_IN if stand_in else ''}sha256:{hashlib.sha256(raw).hexdigest()[:16]}"


def names(public: str) -> tuple[str, ...]:
    """Return all names that a signature by this key may carry."""
    return signer_name(public), signer_name(public, stand_in=True)
