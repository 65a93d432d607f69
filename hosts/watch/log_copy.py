"""The inspector's copy of the records in a bucket: ``PREFIX/GATEWAY/HOST/…`` is the record of one host."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from hosts.watch.delivered import Copy, Known, Piece
from hosts.watch.errors import WatchError
from hosts.watch.heartbeat import folders, opened
from hosts.watch.seen import LastRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from hosts.watch.approved import Site
    from hosts.watch.seen import Delivered

PATIENT = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 2})


def delivered(
    site: Site, keys: Mapping[str, Ed25519PublicKey], known: MutableMapping[tuple[str, str, str], Known]
) -> Iterator[Delivered]:
    """Yield the record of each host; ``keys`` are the gateways' public keys. Raises WatchError."""
    s3 = _client(site)
    prefix = f"{site.record_prefix.strip('/')}/"
    hosts: dict[tuple[str, str], list[Piece]] = defaultdict(list)
    try:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=site.record_bucket, Prefix=prefix):
            for each in page.get("Versions", ()):
                gateway, _, rest = each["Key"].removeprefix(prefix).partition("/")
                host, _, name = rest.partition("/")
                hosts[gateway, host].append(Piece(name, each["VersionId"], each["LastModified"], each["Size"]))
        for (gateway, host), pieces in sorted(hosts.items()):

            def read(name: str, version: str, at: str = f"{prefix}{gateway}/{host}/") -> bytes:
                got = s3.get_object(Bucket=site.record_bucket, Key=f"{at}{name}", VersionId=version)
                data: bytes = got["Body"].read()
                return data

            copy = Copy(gateway, host, f"{gateway}.{site.name}.gateway", keys.get(gateway), read)
            yield copy.look(pieces, known.setdefault((site.name, gateway, host), Known()))
    except (BotoCoreError, ClientError) as error:
        raise WatchError(f"the copy of the record in {site.record_bucket} cannot be read: {error}") from None


def last_run(site: Site, now: datetime) -> LastRun | None:
    """Return the newest run that the store of a site's record took; None of yesterday or today. Raises WatchError."""
    bucket, region = (site.watch_bucket, site.watch_region) if site.watch_bucket else (site.record_bucket, "")
    s3 = _client(site, region)
    try:
        runs = [
            each
            for folder in folders(now)
            for page in s3.get_paginator("list_object_versions").paginate(
                Bucket=bucket, Prefix=f"{site.watch_prefix}{folder}"
            )
            for each in page.get("Versions", ())
        ]
        if not runs:
            return None
        first: dict[str, Any] = {}  # of each run the first version counts: who writes one again makes no new run
        for each in sorted(runs, key=lambda each: each["LastModified"]):
            first.setdefault(each["Key"], each)
        newest = max(first.values(), key=lambda each: each["LastModified"])
        got = s3.get_object(Bucket=bucket, Key=newest["Key"], VersionId=newest["VersionId"])
        data: bytes = got["Body"].read()
    except (BotoCoreError, ClientError) as error:
        raise WatchError(f"the runs of the watch in {bucket} cannot be read: {error}") from None
    taken = newest["LastModified"]
    if not site.watch_key:
        return LastRun(taken, wrong="nobody has told the key of the watch")
    try:
        run = opened(data, site.watch_key)
    except WatchError as error:
        return LastRun(taken, wrong=str(error))
    same = run.site == site.name and f"{site.watch_prefix}{run.key}" == newest["Key"]
    return LastRun(taken, run.found, "" if same else f"it is the run {run.key} of {run.site}")


def _client(site: Site, region: str = "") -> Any:
    """Return a client of the store: of a receiver by the profile ``receiver-SITE``, where the inspector has one.

    ``region`` is that of another store in AWS than the record's.
    """
    profile = f"receiver-{site.name}"
    named = bool(site.record_endpoint) and profile in boto3.Session().available_profiles
    session: Any = boto3.Session(profile_name=profile if named else None)
    by_path = Config(s3={"addressing_style": "path"}) if site.record_endpoint else Config()
    return session.client(
        "s3",
        region_name=region or site.record_region or None,
        endpoint_url=site.record_endpoint or None,
        config=PATIENT.merge(by_path),
    )
