"""A bucket in the S3 API, by whatever credentials the host has of its own."""

from __future__ import annotations

from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

PATIENT: Final = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
_BY_PATH: Final = Config(s3={"addressing_style": "path"})  # a store of somebody's own has one name, not one a bucket


class Bucket:
    """One bucket; every request checks what it transports (SHA-256)."""

    def __init__(
        self, name: str, region: str, endpoint: str | None = None, session: boto3.Session | None = None
    ) -> None:
        """``endpoint`` is another place that speaks S3; None: AWS, or what the environment names.

        ``session`` holds other credentials than the host's own.
        """
        self.name = name
        config = PATIENT.merge(_BY_PATH) if endpoint else PATIENT
        made: Any = session or boto3
        self._client: Any = made.client("s3", region_name=region, endpoint_url=endpoint, config=config)

    def put(self, key: str, data: bytes) -> None:
        """Write an object. Raises OSError where it was not taken."""
        try:
            self._client.put_object(Bucket=self.name, Key=key, Body=data, ChecksumAlgorithm="SHA256")
        except (BotoCoreError, ClientError) as error:
            raise OSError(f"bucket {self.name} does not take {key}: {error}") from None

    def get(self, key: str, largest: int) -> bytes:
        """Return an object, ``largest`` bytes of it at most and one more. Raises OSError where it cannot be had."""
        try:
            body = self._client.get_object(Bucket=self.name, Key=key)["Body"]
            return bytes(body.read(largest + 1))
        except (BotoCoreError, ClientError) as error:
            raise OSError(f"bucket {self.name} does not give {key}: {error}") from None
