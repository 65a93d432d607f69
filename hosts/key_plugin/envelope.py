"""What becomes of a data encryption seed: AES-256-GCM by the token, with the key's id as associated data.

The form is one byte (version 1), 12 bytes of nonce, then ciphertext and tag. The nonce is the token's own randomness:
NIST SP 800-38D 8.3 allows 2^32 of them for one key, and a control plane host uses about one a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hosts.key_plugin.errors import RefusedError

if TYPE_CHECKING:
    from hosts.key_plugin.keys import KeyId

NONCE = 12  # bytes
TAG = 16  # bytes
_VERSION = b"\x01"
_OVERHEAD = len(_VERSION) + NONCE + TAG
_CIPHERTEXT_LIMIT = 1024  # bytes; the API server refuses a longer one
LIMIT = _CIPHERTEXT_LIMIT - _OVERHEAD

# Stored with the ciphertext in etcd, in the clear; Kubernetes wants a domain name as its key.
ALGORITHM = "algorithm.kms-plugin.enclave"
ANNOTATIONS = {ALGORITHM: b"AES-256-GCM/1"}


@dataclass(frozen=True)
class Sealed:
    """A nonce and what the token made with it; the tag is the end of `text`."""

    nonce: bytes
    text: bytes


def associated(key: KeyId) -> bytes:
    """Return the associated data: a ciphertext opens only under the key id that it was made for."""
    return f"enclave-kms-plugin/1 {key}".encode()


def pack(sealed: Sealed) -> bytes:
    """Return the bytes that Kubernetes stores."""
    return _VERSION + sealed.nonce + sealed.text


def unpack(ciphertext: bytes) -> Sealed:
    """Return the parts of a stored ciphertext.

    Raises:
        RefusedError: it is none of ours.
    """
    if ciphertext[:1] != _VERSION or not _OVERHEAD < len(ciphertext) <= _CIPHERTEXT_LIMIT:
        raise RefusedError(
            f"the ciphertext ({len(ciphertext)} bytes) was not made by this plugin: "
            "restore the object from a backup, or name the plugin that made it in the EncryptionConfiguration"
        )
    start = len(_VERSION)
    return Sealed(ciphertext[start : start + NONCE], ciphertext[start + NONCE :])
