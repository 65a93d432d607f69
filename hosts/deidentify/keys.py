"""Where the key of a run comes from: an HSM or AWS KMS computes it once, and this process forgets it at its end.

It is HMAC-SHA256 over purpose, recipient and epoch by a key that never leaves. Nobody stores what comes out; each field
has a key of its own, which is derived of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

from hosts.deidentify.errors import UnavailableError

_FORM: Final = b"enclave pseudonyms 1"
_LENGTH: Final = 32  # bytes
STAND_IN: Final = b"a stand-in's key: anybody can compute these pseudonyms"


class Maker(Protocol):
    """Whoever computes HMAC-SHA256 by a key that never leaves it."""

    def mac(self, message: bytes) -> bytes:
        """Return 32 bytes. Raises UnavailableError."""


def run_key(maker: Maker, purpose: str, recipient: str, epoch: str) -> bytes:
    """Return the key of one purpose, recipient and epoch. Raises UnavailableError."""
    parts = (part.encode() for part in (purpose, recipient, epoch))
    key = maker.mac(_FORM + b"".join(len(part).to_bytes(2, "big") + part for part in parts))
    if len(key) != _LENGTH:
        raise UnavailableError(f"the key answers with {len(key)} bytes, and HMAC-SHA256 has 32; look at its type")
    return key


@dataclass(frozen=True)
class Kms:
    """A key of AWS KMS for HMAC (HMAC_256, GENERATE_VERIFY_MAC), which the role of this host may use.

    ``role`` names another role of this host's own account that may, and that lets this host act as it.
    """

    key: str
    region: str
    role: str = ""

    def mac(self, message: bytes) -> bytes:
        """Ask GenerateMac."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            answer = self._client().generate_mac(KeyId=self.key, MacAlgorithm="HMAC_SHA_256", Message=message)
        except (BotoCoreError, ClientError, ValueError) as error:
            said = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            raise UnavailableError(
                f"AWS KMS makes no code with --kms {self.key} ({said}); look at the key, and at this host's role"
            ) from None
        return bytes(answer["Mac"])

    def _client(self) -> Any:
        import boto3  # noqa: PLC0415  it takes its time, and an HSM needs none of it

        if not self.role:
            return boto3.client("kms", region_name=self.region)
        sts: Any = boto3.client("sts", region_name=self.region)
        here = sts.get_caller_identity()
        partition = here["Arn"].split(":")[1]
        arn = f"arn:{partition}:iam::{here['Account']}:role/{self.role}"
        given = sts.assume_role(RoleArn=arn, RoleSessionName="enclave-gateway", DurationSeconds=900)["Credentials"]
        return boto3.client(
            "kms",
            region_name=self.region,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )


@dataclass(frozen=True)
class StandIn:
    """A stand-in for both, for a sandbox's flows only: its key is public, so its pseudonyms hide nobody."""

    def mac(self, message: bytes) -> bytes:
        """Compute it here."""
        import hmac  # noqa: PLC0415

        return hmac.digest(STAND_IN, message, "sha256")
