"""What the plugin does with its key: wrap and unwrap the API server's seeds, prove its health, rotate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hosts.key_plugin import envelope, keyring, keys
from hosts.key_plugin.errors import RefusedError
from hosts.key_plugin.keys import KeyId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hosts.key_plugin.token import Token


@dataclass(frozen=True)
class Wrapped:
    """A wrapped seed, as Kubernetes stores it."""

    ciphertext: bytes
    key_id: str
    annotations: Mapping[str, bytes]


@dataclass(frozen=True)
class Vault:
    """The key of one label on one token; every method raises KeyPluginError instead of answering wrongly."""

    token: Token
    label: str

    def prove(self) -> str:
        """Return the id of the current key after the token has encrypted and decrypted with it."""

        def work(session: object) -> str:
            name, key = keyring.current(session, self.label)
            keyring.prove(session, name, key)
            return str(name)

        return self.token.run(work)

    def wrap(self, plaintext: bytes) -> Wrapped:
        """Encrypt with the current key."""
        if not 0 < len(plaintext) <= envelope.LIMIT:
            raise RefusedError(f"{len(plaintext)} bytes to encrypt; a key of 1 to {envelope.LIMIT} bytes is expected")

        def work(session: object) -> Wrapped:
            name, key = keyring.current(session, self.label)
            sealed = keyring.seal(session, name, key, plaintext)
            return Wrapped(envelope.pack(sealed), str(name), envelope.ANNOTATIONS)

        return self.token.run(work)

    def unwrap(self, wrapped: Wrapped) -> bytes:
        """Decrypt with the key that was current then."""
        name = keys.parse(wrapped.key_id)
        if name is None or name.label != self.label:
            raise RefusedError(f"key id {wrapped.key_id[:80]!r} is none of {self.label!r}: another plugin made this")
        if dict(wrapped.annotations) != envelope.ANNOTATIONS:
            raise RefusedError(f"the annotations are not the ones that this plugin writes ({envelope.ALGORITHM})")
        sealed = envelope.unpack(wrapped.ciphertext)
        return self.token.run(lambda session: keyring.unseal(session, name, keyring.find(session, name), sealed))

    def versions(self) -> tuple[KeyId, ...]:
        """Return the ids of the keys that are there, oldest first."""
        return self.token.run(lambda session: tuple(keyring.versions(session, self.label)))

    def create(self) -> str:
        """Make the first version; return its id.

        Raises:
            RefusedError: there is a key already.
        """

        def work(session: object) -> str:
            if found := keyring.versions(session, self.label):
                raise RefusedError(f"key {max(found)} is there already: `enclave-kms-plugin rotate` makes the next")
            return self._make(session, KeyId(self.label, keys.FIRST))

        return self.token.run(work)

    def rotate(self) -> str:
        """Make the next version, which is the current one from then on; return its id. Older ones still decrypt."""
        return self.token.run(lambda session: self._make(session, keyring.current(session, self.label)[0].next()))

    @staticmethod
    def _make(session: object, name: KeyId) -> str:
        keyring.make(session, name)
        keyring.prove(session, name, keyring.find(session, name))
        return str(name)
