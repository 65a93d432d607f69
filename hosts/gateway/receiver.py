"""The inspector's receiver outside AWS: a store that speaks S3, entered by a token that the cluster makes for it alone.

The token (a projected one, of the shipper's own service account) is exchanged for credentials of a quarter of an hour,
as the receiver's STS gives them (AssumeRoleWithWebIdentity; MinIO, Ceph RGW). Neither Envoy nor the authorizer has it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from hosts.gateway.bucket import PATIENT, Bucket
from hosts.gateway.errors import GatewayError

if TYPE_CHECKING:
    from pathlib import Path

REGION: Final = "us-east-1"
"""What stores that are in no region of AWS take for theirs; it names no place."""
ROLE: Final = "arn:aws:iam:::role/enclave-record-shipper"
"""The role that the shipper asks for: the receiver lets it add objects below ``records/``, and nothing else."""
LASTS: Final = 900
"""Seconds that credentials last, the shortest that STS gives."""
EARLY: Final = timedelta(minutes=2)
"""How long before their end new ones are asked for."""


def place_of(url: str) -> tuple[str, str]:
    """Return the endpoint and the bucket of a receiver's address, https://HOST/BUCKET. Raises GatewayError."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0  # `port` refuses what is none
    except ValueError:
        whole = False
    bucket = parts.path.strip("/") if whole else ""
    if not bucket or "/" in bucket or parts.query or parts.username:
        raise GatewayError(f"'{url[:80]}' is no address of a receiver; write https://HOST/BUCKET")
    return f"https://{parts.netloc}", bucket


class Receiver:
    """One receiver; ``host`` is the name of this host, under which it asks for credentials."""

    def __init__(self, url: str, token: Path, host: str, role: str = ROLE) -> None:
        """Raises GatewayError for an address that is none; ``role`` is what the receiver lets do more or less."""
        self._endpoint, self._name = place_of(url)
        self._token, self._host, self._role = token, host, role
        self._bucket: Bucket | None = None
        self._until = datetime.min.replace(tzinfo=UTC)

    def put(self, key: str, data: bytes) -> None:
        """Write an object. Raises OSError where it was not taken, or nobody was let in."""
        self._let_in().put(key, data)

    def get(self, key: str, largest: int) -> bytes:
        """Return an object, ``largest`` bytes of it at most and one more. Raises OSError, as `put`."""
        return self._let_in().get(key, largest)

    def _let_in(self) -> Bucket:
        if self._bucket is None or datetime.now(UTC) > self._until - EARLY:
            self._bucket, self._until = self._entered()
        return self._bucket

    def _entered(self) -> tuple[Bucket, datetime]:
        token = self._token.read_text(encoding="ascii").strip()  # each time: the cluster renews it
        config = PATIENT.merge(Config(signature_version=UNSIGNED))
        sts: Any = boto3.client("sts", region_name=REGION, endpoint_url=self._endpoint, config=config)
        try:
            given = sts.assume_role_with_web_identity(
                RoleArn=self._role, RoleSessionName=self._host, WebIdentityToken=token, DurationSeconds=LASTS
            )["Credentials"]
        except (BotoCoreError, ClientError) as error:
            raise OSError(f"the receiver {self._endpoint} lets nobody in by this token: {error}") from None
        session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return Bucket(self._name, REGION, self._endpoint, session), given["Expiration"]
