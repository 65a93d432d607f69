"""The stores at both ends of a wave: how they are reached, and that a target is where its site is.

A site's store is reached by the AWS profile that bears the site's name (region, credentials, `endpoint_url`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from components.declaration import AwsSite
from hosts.wave.store import Store, keep_order
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from components.declaration import Declaration
    from components.declaration.model import Wave

PATIENT = Config(retries={"mode": "standard", "max_attempts": 6}, max_pool_connections=128, read_timeout=60)


def ends(declaration: Declaration, wave: Wave, buckets: tuple[str, str]) -> tuple[Store, Store]:
    """Return source and target of a pair of buckets. Raises ProblemsError."""
    found = []
    for site, bucket in zip((wave.from_, wave.to), buckets, strict=True):
        found.append(store(declaration, site, bucket, wave.endpoint if site == wave.to else None))
    return found[0], found[1]


def store(declaration: Declaration, site: str, bucket: str, endpoint: str | None) -> Store:
    """Return a bucket of a site. Raises ProblemsError."""
    try:
        session = boto3.Session(profile_name=site)
        client: Any = session.client("s3", config=PATIENT)
        held = session.get_credentials()
    except BotoCoreError as error:
        raise _problem(site, f"{error}; a site's store is reached by the AWS profile of its name: add it") from None
    if held is None:
        raise _problem(site, "the profile has no credentials; add them")
    if wrong := misplaced(declaration, site, client.meta.region_name, client.meta.endpoint_url, endpoint):
        raise _problem(site, wrong)
    known = held.get_frozen_credentials()
    ours = not isinstance(declaration.sites[site], AwsSite)
    copier = {
        "provider": "Other" if ours or declaration.sandbox else "AWS",
        "region": client.meta.region_name,
        "endpoint": client.meta.endpoint_url,
        "access_key_id": known.access_key,
        "secret_access_key": known.secret_key,
        "force_path_style": "true" if ours or declaration.sandbox else "false",
    }
    if known.token:
        copier["session_token"] = known.token
    return Store(site, bucket, keep_order(client), copier, files=ours)


def misplaced(declaration: Declaration, site: str, region: str, url: str, endpoint: str | None) -> str | None:
    """Return why an address is not the store of a site, None where it is. A sandbox's addresses are stand-ins'."""
    place = declaration.sites[site]
    if isinstance(place, AwsSite):
        if region != place.region:
            return f"the profile is of the region {region}, and the site lies in {place.region}; correct the profile"
        if not declaration.sandbox and url != f"https://s3.{place.region}.amazonaws.com":
            return f"the profile leads to {url}, which is not S3 in {place.region}; take 'endpoint_url' out of it"
    elif not declaration.sandbox and url != endpoint:
        return f"the profile leads to {url}, and the wave's endpoint is {endpoint}; correct one of them"
    return None


def _problem(site: str, words: str) -> ProblemsError:
    return ProblemsError([Problem(Position(f"profile {site}", 1, 1), words)])
