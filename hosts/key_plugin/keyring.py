"""The versions of one key on a token: find, check, use, make."""

from __future__ import annotations

from typing import Any

from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PKCS11Error

from hosts.key_plugin import envelope, keys
from hosts.key_plugin.envelope import NONCE, TAG, Sealed
from hosts.key_plugin.errors import RefusedError, UnknownKeyError, UnsafeKeyError
from hosts.key_plugin.keys import KeyId

_BITS = 256
_PROBE = 32  # bytes, as long as the API server's seed

# What the token is asked to make: it can encrypt and decrypt, and do nothing that would let key material out.
_TEMPLATE = {
    Attribute.TOKEN: True,
    Attribute.PRIVATE: True,
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.MODIFIABLE: False,
    Attribute.ENCRYPT: True,
    Attribute.DECRYPT: True,
    Attribute.WRAP: False,
    Attribute.UNWRAP: False,
    Attribute.SIGN: False,
    Attribute.VERIFY: False,
    Attribute.DERIVE: False,
}
# What the token must say of a key each time that it is used; LOCAL: it was made there and never imported.
_REQUIRED = {
    Attribute.KEY_TYPE: KeyType.AES,
    Attribute.VALUE_LEN: _BITS // 8,
    Attribute.PRIVATE: True,
    Attribute.SENSITIVE: True,
    Attribute.ALWAYS_SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.NEVER_EXTRACTABLE: True,
    Attribute.LOCAL: True,
    Attribute.WRAP: False,
    Attribute.DERIVE: False,
}


def versions(session: Any, label: str) -> dict[KeyId, Any]:
    """Return the token's keys of this label by id, oldest first.

    Raises:
        UnsafeKeyError: two keys have the same version, or one was not made by this plugin.
    """
    found: dict[KeyId, Any] = {}
    for key in session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: label}):
        version = keys.version_of(key[Attribute.ID])
        if version is None:
            raise UnsafeKeyError(f"a key labelled {label!r} has a CKA_ID that is no version: give it another label")
        name = KeyId(label, version)
        if name in found:
            raise UnsafeKeyError(f"two keys on the token are {name}: two rotations at once? Remove the unused one")
        found[name] = key
    return dict(sorted(found.items()))


def current(session: Any, label: str) -> tuple[KeyId, Any]:
    """Return the newest version, which encrypts.

    Raises:
        UnknownKeyError: there is none.
        UnsafeKeyError: it could leave the token.
    """
    found = versions(session, label)
    if not found:
        raise UnknownKeyError(f"no key labelled {label!r} is on the token: make one with `enclave-kms-plugin create`")
    name = max(found)
    return name, _checked(name, found[name])


def find(session: Any, name: KeyId) -> Any:
    """Return the key of this id, whatever its age.

    Raises:
        UnknownKeyError: it is not on the token.
        UnsafeKeyError: it could leave the token.
    """
    key = versions(session, name.label).get(name)
    if key is None:
        raise UnknownKeyError(f"key {name} is not on the token: restore it from the HSM's backup")
    return _checked(name, key)


def make(session: Any, name: KeyId) -> None:
    """Have the token make this key."""
    session.generate_key(KeyType.AES, _BITS, label=name.label, id=name.on_token, store=True, template=dict(_TEMPLATE))


def seal(session: Any, name: KeyId, key: Any, plaintext: bytes) -> Sealed:
    """Have the token encrypt, with a nonce of its own."""
    nonce = session.generate_random(NONCE * 8)
    return Sealed(nonce, bytes(key.encrypt(plaintext, **_gcm(name, nonce))))


def unseal(session: Any, name: KeyId, key: Any, sealed: Sealed) -> bytes:
    """Have the token decrypt.

    Raises:
        RefusedError: the ciphertext was altered or made for another key.
        PKCS11Error: the token fails.
    """
    try:
        return bytes(key.decrypt(sealed.text, **_gcm(name, sealed.nonce)))
    except PKCS11Error:
        # Tokens have no common word for a wrong tag: one that still passes its test has judged the ciphertext.
        prove(session, name, key)
        raise RefusedError(
            f"the ciphertext was altered or not made with key {name}: restore it from a backup"
        ) from None


def prove(session: Any, name: KeyId, key: Any) -> None:
    """Have the token encrypt and decrypt random bytes.

    Raises:
        UnsafeKeyError: what it made is not what it was asked for.
        PKCS11Error: the token fails.
    """
    probe = session.generate_random(_PROBE * 8)
    sealed = seal(session, name, key, probe)
    opened = bytes(key.decrypt(sealed.text, **_gcm(name, sealed.nonce)))
    if opened != probe or probe in sealed.text or len(sealed.text) != _PROBE + TAG:
        raise UnsafeKeyError(f"the token does not encrypt with key {name} as asked: have the HSM examined")


def _gcm(name: KeyId, nonce: bytes) -> dict[str, Any]:
    return {
        "mechanism": Mechanism.AES_GCM,
        "mechanism_param": GCMParams(nonce, envelope.associated(name), TAG * 8),
    }


def _checked(name: KeyId, key: Any) -> Any:
    wrong = [attribute.name for attribute, wanted in _REQUIRED.items() if key[attribute] != wanted]
    if wrong:
        raise UnsafeKeyError(
            f"key {name} is not safe to use, by its {', '.join(wrong)}: it must be a 256-bit AES key "
            "that was made on the token and cannot leave it; make a new version with `enclave-kms-plugin rotate`"
        )
    return key
