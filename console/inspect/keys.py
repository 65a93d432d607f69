"""Keys that inspectors sign by: a file, a PKCS#11 token, or AWS KMS; what stays where it is never comes here."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from securesystemslib.signer import Signature, Signer

from console.access.signing import KeyFileError, private_key
from hosts.gateway import dsse
from located_yaml import ProblemsError
from located_yaml.files import read_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from securesystemslib.signer import Key

ON_TOKEN: Final = "pkcs11:"  # noqa: S105 (the scheme of RFC 7512)
KMS: Final = "awskms:"
LONGEST: Final = 4_096
"""Bytes of a message that KMS takes as it is (API reference, Sign); it takes the digest of any."""
TOKEN_FORM: Final = "pkcs11:token=LABEL;object=KEY?module-path=LIBRARY&pin-source=FILE"  # noqa: S105 (a form, RFC 7512)


class KeyRefusedError(ValueError):
    """No key that signs; the text says what to do."""


@dataclass(frozen=True)
class Held:
    """A key to sign by: its public half as the law has it, and what signs under an id of it."""

    public: str
    signer: Callable[[str], Signer]


def held(reference: str) -> Held:
    """Return the key that ``--key`` names. Raises KeyRefusedError."""
    if reference.startswith(ON_TOKEN):
        return _on_token(reference)
    if reference.startswith(KMS):
        return _in_kms(reference)
    try:
        key = private_key(Path(reference))
    except KeyFileError as error:
        raise KeyRefusedError(str(error)) from None
    public = b64encode(key.public_key().public_bytes_raw()).decode()
    return Held(public, lambda name: dsse.signer_of(name, key))


def _in_kms(reference: str) -> Held:
    import boto3  # noqa: PLC0415 (only for keys in KMS)
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    key = reference.removeprefix(KMS)
    try:
        client = boto3.client("kms", region_name=key.split(":")[3] if key.startswith("arn:") else None)
        public = b64encode(client.get_public_key(KeyId=key)["PublicKey"]).decode()
        dsse.inspectors_key("it", public)
    except (BotoCoreError, ClientError, ValueError, IndexError) as error:
        raise KeyRefusedError(f"KMS does not give the key {reference} ({error}); name a P-256 key to sign by") from None
    return Held(public, lambda name: _KmsSigner(client, key, dsse.inspectors_key(name, public)))


def _on_token(reference: str) -> Held:
    path, _, query = reference.removeprefix(ON_TOKEN).partition("?")
    where = {name: unquote(value) for name, _, value in (part.partition("=") for part in path.split(";"))}
    how = {name: values[0] for name, values in parse_qs(query).items()}
    if not (where.get("token") and where.get("object") and how.get("module-path") and how.get("pin-source")):
        raise KeyRefusedError(f"'{reference[:80]}' is not {TOKEN_FORM}")
    try:
        import pkcs11  # noqa: PLC0415 (only for keys on a token)
    except ImportError:
        raise KeyRefusedError("what speaks to tokens is missing: `pip install enclave[hsm]`") from None
    try:
        pin = read_text(Path(file := how["pin-source"].removeprefix("file:")), file).strip()
        session = pkcs11.lib(how["module-path"]).get_token(token_label=where["token"]).open(user_pin=pin)
        public = _public_half(session, where["object"])
        dsse.inspectors_key("it", public)
    except (OSError, ProblemsError, RuntimeError, ValueError, pkcs11.PKCS11Error) as error:
        why = str(error) or type(error).__name__
        raise KeyRefusedError(f"the token does not give the key {where['object']} ({why}); name a P-256 key") from None
    return Held(public, lambda name: _TokenSigner(session, where["object"], dsse.inspectors_key(name, public)))


def _public_half(session: Any, label: str) -> str:
    import pkcs11  # noqa: PLC0415
    from pkcs11.util.ec import encode_ec_public_key  # noqa: PLC0415

    found = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, key_type=pkcs11.KeyType.EC, label=label)
    return b64encode(encode_ec_public_key(found)).decode()


class _Signer(Signer):
    """Signs by a P-256 key that stays where it is, by whatever leads there."""

    def __init__(self, way: Any, name: str, key: Key) -> None:
        self._way, self._name, self._key = way, name, key

    @property
    def public_key(self) -> Key:
        """The public half."""
        return self._key

    @classmethod
    def from_priv_key_uri(cls, priv_key_uri: str, public_key: Key, secrets_handler: Any = None) -> Signer:
        """Say that this is not how such a signer is made; `held` makes it."""
        raise NotImplementedError


class _KmsSigner(_Signer):
    """Signs in AWS KMS; securesystemslib's own sends a digest only, which not every stand-in for KMS takes."""

    def sign(self, payload: bytes) -> Signature:
        """Sign as ECDSA with SHA-256; of what is longer than KMS takes its digest is sent. Raises KeyRefusedError."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        whole = len(payload) <= LONGEST
        message, kind = (payload, "RAW") if whole else (sha256(payload).digest(), "DIGEST")
        try:
            found = self._way.sign(
                KeyId=self._name, Message=message, MessageType=kind, SigningAlgorithm="ECDSA_SHA_256"
            )
        except (BotoCoreError, ClientError) as error:
            raise KeyRefusedError(f"KMS does not sign by {self._name} ({error})") from None
        return Signature(self._key.keyid, found["Signature"].hex())


class _TokenSigner(_Signer):
    """Signs on a PKCS#11 token; securesystemslib's own needs another library for the same tokens."""

    def sign(self, payload: bytes) -> Signature:
        """Sign as ECDSA with SHA-256; a token gives r and s, and a signature holds them as DER."""
        import pkcs11  # noqa: PLC0415

        kind = pkcs11.ObjectClass.PRIVATE_KEY
        try:
            key = self._way.get_key(object_class=kind, key_type=pkcs11.KeyType.EC, label=self._name)
            raw = key.sign(sha256(payload).digest(), mechanism=pkcs11.Mechanism.ECDSA)
        except pkcs11.PKCS11Error as error:
            raise KeyRefusedError(f"the token does not sign by {self._name} ({type(error).__name__})") from None
        half = len(raw) // 2
        found = encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
        return Signature(self._key.keyid, found.hex())
