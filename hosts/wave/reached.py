"""A bucket of a site as programs reach it: by the AWS profile that bears the site's name."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.loaders import Loader, create_loader
from botocore.session import Session
from botocore.utils import parse_timestamp

from hosts.wave.store import Store, keep_order

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials

PATIENT: Final = Config(retries={"mode": "standard", "max_attempts": 6}, max_pool_connections=128, read_timeout=60)
AMAZON: Final = ".amazonaws.com"


class NoCredentialsError(RuntimeError):
    """A profile has no credentials."""


def reached(site: str, bucket: str, config: Config, url: str | None = None, *, files: bool) -> Store:
    """Return a bucket; ``url`` is where the store is instead of where the profile says, ``files`` as in `Store`.

    Raises NoCredentialsError, botocore's BotoCoreError.
    """
    session = boto3.Session(botocore_session=_session(site))
    client: Any = session.client("s3", config=config, endpoint_url=url)
    held = session.get_credentials()
    if held is None:
        raise NoCredentialsError("the profile has no credentials; add them")
    return Store(site, bucket, keep_order(client), _for_copier(client.meta, held.get_frozen_credentials()), files=files)


def by_address(config: Config) -> Config:
    """Return settings for a store at an address of its own, which has no name for each bucket."""
    return config.merge(Config(s3={"addressing_style": "path"}))


def moment(told: Any) -> datetime:
    """Return a time that a store told; the SDK's own way takes most of the time that a listing takes."""
    if isinstance(told, str) and told[10:11] == "T" and told.endswith("Z"):
        return datetime.fromisoformat(told)
    return parse_timestamp(told)


def _session(site: str) -> Session:
    session = Session(profile=site)
    session.register_component("data_loader", _loader())
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=moment)
    return session


@cache
def _loader() -> Loader:
    """Return what reads the SDK's tables of the service, once for both ends."""
    return create_loader()


def _for_copier(meta: Any, known: ReadOnlyCredentials) -> dict[str, str]:
    host = urlsplit(meta.endpoint_url).hostname or ""
    public = host.endswith(AMAZON) and ".vpce." not in host
    copier = {
        "provider": "AWS" if host.endswith(AMAZON) else "Other",
        "region": meta.region_name,
        "endpoint": meta.endpoint_url,
        "access_key_id": known.access_key,
        "secret_access_key": known.secret_key,
        "force_path_style": "false" if public else "true",
    }
    return copier | ({"session_token": known.token} if known.token else {})
