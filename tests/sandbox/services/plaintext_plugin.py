"""A seeded bug: our KMS plugin with a token that "encrypts" by returning the plaintext."""

from __future__ import annotations

import sys

from hosts.key_plugin.main import main
from hosts.key_plugin.vault import Vault, Wrapped

_honest = Vault.unwrap


def _wrap(vault: Vault, plaintext: bytes) -> Wrapped:
    return Wrapped(plaintext, vault.prove(), {})


def _unwrap(vault: Vault, wrapped: Wrapped) -> bytes:
    return _honest(vault, wrapped) if wrapped.annotations else wrapped.ciphertext


if __name__ == "__main__":
    for name, method in (("wrap", _wrap), ("unwrap", _unwrap)):
        setattr(Vault, name, method)
    sys.exit(main())
