"""Who wraps the data key of a vault: AWS KMS or an HSM, by a key that never leaves."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Protocol

from hosts.deidentify.errors import DeidentifyError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from hosts.key_plugin.vault import Vault, Wrapped

_LENGTH: Final = 32  # bytes
STAND_IN: Final = "stand-in"


class Seal(Protocol):
    """Whoever makes data keys, and opens them again; ``context`` says what for, and the same must be said again."""

    def fresh(self, context: Mapping[str, str]) -> tuple[bytes, str]:
        """Return a new key of 32 bytes, and its wrapped form in base64. Raises UnavailableError."""

    def opened(self, wrapped: str, context: Mapping[str, str]) -> bytes:
        """Return a key that was wrapped. Raises UnavailableError."""


@dataclass(frozen=True)
class KmsSeal:
    """A key of AWS KMS for encryption. Who makes tokens needs GenerateDataKey of it, who turns them back Decrypt."""

    key: str
    region: str

    def fresh(self, context: Mapping[str, str]) -> tuple[bytes, str]:
        """Ask GenerateDataKey."""
        answer = self._ask("generate_data_key", KeySpec="AES_256", EncryptionContext=dict(context))
        return bytes(answer["Plaintext"]), b64encode(answer["CiphertextBlob"]).decode()

    def opened(self, wrapped: str, context: Mapping[str, str]) -> bytes:
        """Ask Decrypt."""
        return bytes(self._ask("decrypt", CiphertextBlob=_bytes(wrapped), EncryptionContext=dict(context))["Plaintext"])

    def _ask(self, operation: str, **asked: Any) -> Any:
        import boto3  # noqa: PLC0415  it takes its time, and an HSM needs none of it
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            return getattr(boto3.client("kms", region_name=self.region), operation)(KeyId=self.key, **asked)
        except (BotoCoreError, ClientError, ValueError) as error:
            said = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            raise UnavailableError(
                f"AWS KMS gives no data key with --vault-kms {self.key} ({said}); look at the key, and at this role"
            ) from None


@dataclass(frozen=True)
class HsmSeal:
    """A key on a PKCS#11 token, which `enclave-kms-plugin` makes and rotates, by its label."""

    module: Path
    token: str
    key: str
    pin_file: Path

    def fresh(self, context: Mapping[str, str]) -> tuple[bytes, str]:
        """Wrap a key that this host makes; the vault's first line, which says what for, binds its blocks."""
        del context
        key = os.urandom(_LENGTH)
        wrapped: Wrapped = self._with(lambda vault: vault.wrap(key))
        told = {"key": wrapped.key_id, "wrapped": b64encode(wrapped.ciphertext).decode()}
        return key, b64encode(json.dumps(told).encode()).decode()

    def opened(self, wrapped: str, context: Mapping[str, str]) -> bytes:
        """Unwrap it."""
        del context
        try:
            told = json.loads(_bytes(wrapped))
            key_id, ciphertext = str(told["key"]), b64decode(told["wrapped"], validate=True)
        except (ValueError, KeyError, TypeError):
            raise UnavailableError("the vault's key was wrapped by no HSM; name the key that wrapped it") from None
        from hosts.key_plugin import envelope  # noqa: PLC0415
        from hosts.key_plugin.vault import Wrapped  # noqa: PLC0415

        return bytes(self._with(lambda vault: vault.unwrap(Wrapped(ciphertext, key_id, envelope.ANNOTATIONS))))

    def _with(self, work: Callable[[Vault], Any]) -> Any:
        try:
            import pkcs11  # noqa: F401, PLC0415  of the extra `hsm`
        except ImportError:
            raise DeidentifyError("this host has no PKCS#11 binding; install enclave with its extra 'hsm'") from None
        from hosts.key_plugin.errors import KeyPluginError  # noqa: PLC0415
        from hosts.key_plugin.token import Place, Token  # noqa: PLC0415
        from hosts.key_plugin.vault import Vault  # noqa: PLC0415

        token = Token(Place(self.module, self.token, self.pin_file))
        try:
            return work(Vault(token, self.key))
        except KeyPluginError as error:
            raise UnavailableError(str(error)) from None
        finally:
            token.close()


@dataclass(frozen=True)
class StandInSeal:
    """A stand-in for both, for a sandbox's flows only: anybody can open its vaults."""

    def fresh(self, context: Mapping[str, str]) -> tuple[bytes, str]:
        """Return a key that everybody can compute."""
        salt = os.urandom(_LENGTH)
        wrapped = b64encode(salt).decode()
        return self.opened(wrapped, context), wrapped

    def opened(self, wrapped: str, context: Mapping[str, str]) -> bytes:
        """Compute it again."""
        return sha256(b"\0".join((STAND_IN.encode(), _bytes(wrapped), json.dumps(dict(context)).encode()))).digest()


def _bytes(wrapped: str) -> bytes:
    try:
        return b64decode(wrapped, validate=True)
    except ValueError:
        raise UnavailableError("the vault's first line was changed; find out by whom, and restore it") from None
