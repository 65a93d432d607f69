"""The name of a key encryption key: a label that stays and a version that counts up."""

from __future__ import annotations

from dataclasses import dataclass

_WIDTH = 4  # bytes of CKA_ID, big endian
FIRST = 1
LAST = 2 ** (8 * _WIDTH) - 1


@dataclass(frozen=True, order=True)
class KeyId:
    """One version of the key; on the token its CKA_LABEL and CKA_ID, in Kubernetes the KMS v2 `key_id`."""

    label: str
    version: int

    def __str__(self) -> str:
        return f"{self.label}/{self.version}"

    @property
    def on_token(self) -> bytes:
        """The version as CKA_ID."""
        return self.version.to_bytes(_WIDTH, "big")

    def next(self) -> KeyId:
        """The version that a rotation makes."""
        return KeyId(self.label, self.version + 1)


def parse(text: str) -> KeyId | None:
    """Return the key id that `text` writes in its only form, `LABEL/VERSION`; None for anything else."""
    label, slash, digits = text.rpartition("/")
    if not (label and slash and digits.isascii() and digits.isdigit() and str(int(digits)) == digits):
        return None
    return KeyId(label, int(digits)) if FIRST <= int(digits) <= LAST else None


def version_of(on_token: bytes) -> int | None:
    """Return the version that a CKA_ID of ours holds; None for a foreign one."""
    version = int.from_bytes(on_token, "big")
    return version if len(on_token) == _WIDTH and version >= FIRST else None
