"""The tokens of one run: by a key of chance that is in this process alone, each in the vault before it leaves.

Nobody can compute the token of a value that they guess, not even who may use every key of the enclave; the vault alone
leads back.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from hosts.deidentify.identity import identity
from hosts.deidentify.token_form import token_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hosts.deidentify.vault import Vault

_CACHED: Final = 2**14
"""Values of a field whose tokens are remembered: a value that comes again needs no second entry in the vault."""


class Tokens:
    """Makes tokens, equal for equal values of a field in this run."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._key = os.urandom(32)

    def of(self, field: str) -> Callable[[str | int], str]:
        """Return what makes the token of a field's value. It raises OddError."""
        key = hmac.digest(self._key, field.encode(), "sha256")
        vault, add, digest = self._vault.id, self._vault.add, hmac.digest

        @lru_cache(_CACHED, typed=True)
        def made(value: str | int) -> str:
            token = token_of(vault, digest(key, identity(value, exact=True), "sha256"))
            add(field, token, value)
            return token

        return made
