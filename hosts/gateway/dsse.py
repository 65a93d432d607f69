"""DSSE envelopes (github.com/secure-systems-lab/dsse, protocol 1.0) in one form, so that any other byte is another one.

A signature's ``keyid`` is the name of whoever signed; whether the name's own key fits is asked of keys that are known.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from securesystemslib.signer import Key, Signer

ED25519_BYTES: Final = 32
LARGEST: Final = 16_384
"""Bytes of an envelope."""


class EnvelopeError(ValueError):
    """No envelope of the kind that is expected; the text says why."""


def public_key(name: str, encoded: str) -> Key:
    """Return a name's public key, which is 32 bytes in base64. Raises ValueError."""
    try:
        raw = b64decode(encoded, validate=True)
        key = Ed25519PublicKey.from_public_bytes(raw)
    except (ValueError, binascii.Error):
        raise ValueError(f"the key of '{name}' is no Ed25519 public key (32 bytes in base64); correct it") from None
    return SSlibKey.from_crypto(key, keyid=name)


def inspectors_key(name: str, encoded: str) -> Key:
    """Return an inspector's public key: as `public_key`, or the DER of a P-256 key, which tokens and KMS have.

    Raises ValueError.
    """
    try:
        raw = b64decode(encoded, validate=True)
        if len(raw) == ED25519_BYTES:
            return public_key(name, encoded)
        key = load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return SSlibKey.from_crypto(key, keyid=name)
    raise ValueError(f"the key '{name}' is neither an Ed25519 nor a P-256 public key in base64; correct it")


def opened(data: bytes, kind: str) -> Envelope:
    """Return the envelope that a file holds; nothing is verified yet. Raises EnvelopeError."""
    if len(data) > LARGEST:
        raise EnvelopeError(f"it is larger than {LARGEST:,} bytes")
    try:
        envelope: Envelope = Envelope.from_dict(json.loads(data))
        plain = all(isinstance(name, str) for name in envelope.signatures)
        more = any(each.unrecognized_fields for each in envelope.signatures.values())
        whole = plain and not more and written(envelope) == data
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise EnvelopeError("it is no DSSE envelope") from None
    if not whole:
        raise EnvelopeError("it is not in the form in which `enclave` writes an envelope")
    if envelope.payload_type != kind:
        raise EnvelopeError(f"it holds no {kind}")
    return envelope


def written(envelope: Envelope) -> bytes:
    """Return an envelope as a file holds it."""
    return json.dumps(envelope.to_dict(), sort_keys=True, indent=1).encode() + b"\n"


def unsigned(payload: bytes, kind: str) -> Envelope:
    """Return an envelope that nobody has signed yet."""
    return Envelope(payload, kind, {})


def sign(envelope: Envelope, name: str, key: Ed25519PrivateKey) -> None:
    """Add a name's signature to an envelope, in the place of one that it had there."""
    envelope.sign(signer_of(name, key))


def signer_of(name: str, key: Ed25519PrivateKey) -> Signer:
    """Return what signs by a private key under a name."""
    return CryptoSigner(key, SSlibKey.from_crypto(key.public_key(), keyid=name))


def unknown_signers(envelope: Envelope, keys: Mapping[str, Key]) -> list[str]:
    """Return the names in an envelope's signatures that no key is known of."""
    return sorted(name for name in envelope.signatures if name not in keys)


def all_fit(envelope: Envelope, keys: Mapping[str, Key]) -> bool:
    """Return whether each signature fits the key of its name; one of an unknown name does not."""
    pae = envelope.pae()
    try:
        for name, signature in envelope.signatures.items():
            keys[name].verify_signature(signature, pae)
    except (UnverifiedSignatureError, VerificationError, KeyError, ValueError):
        return False
    return True
