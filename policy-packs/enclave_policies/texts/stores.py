"""Buckets in texts: the grammars in which programs write where an object store's bucket is.

``s3://bucket/prefix`` (AWS CLI, Hadoop), ``s3://bucket@region/`` (Longhorn), ``s3://region/bucket`` and
``s3://id:key@host/bucket`` (Loki, Cortex), ``s3:https://host/bucket`` (restic), ``s3://bucket?region=…&endpoint=…``
(Go CDK, CockroachDB).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import parse_qs

REGION: Final = re.compile(r"(?i)[a-z]{2,4}(?:-[a-z]+)+-\d")
STORE_URL: Final = re.compile(
    r"(?i)(?<![a-z0-9+.:-])s3[an]?:(?://?(?=[^\s/])|(?=https?://|[\w-]+(?:\.[\w-]+)+(?::\d+)?/))([^\s\"'<>`,;)\]}]+)"
)
"""Also with a slash too few, which some programs take."""
ENDPOINTS: Final = ("endpoint", "aws_endpoint", "endpoint_url", "hostname")
REGIONS: Final = ("region", "aws_region")
SIGNED: Final = re.compile(r"([^@:/]+):([^@]*)@([^@/]+)/?(.*)")
"""``id:key@host/bucket``; the key may hold slashes."""
ACCESS_KEY: Final = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{12,}")


class Store(NamedTuple):
    """A bucket and what is said of its place; ``host`` None: AWS; ``region`` None: not said there."""

    bucket: str
    region: str | None = None
    host: str | None = None
    password: str | None = None


def stores_in(text: str) -> list[Store]:
    """Return the buckets that a text names by URL."""
    if "s3" not in text.lower():
        return []
    return [store for found in STORE_URL.findall(text) if (store := _store(found)) is not None]


def without_stores(text: str) -> str:
    """Return a text without the URLs that `stores_in` reads."""
    return STORE_URL.sub(" ", text) if "s3" in text.lower() else text


def _store(rest: str) -> Store | None:
    if rest.lower().startswith(("http://", "https://")):  # restic: an address of its own
        host, _, path = rest.partition("://")[2].partition("/")
        return Store(path.partition("/")[0], None, _bare(host))
    rest, _, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    first = path.partition("/")[0]
    options = {name.lower(): values[0] for name, values in parse_qs(query).items()}
    region = next((options[name] for name in REGIONS if name in options), None)
    endpoint = next((options[name] for name in ENDPOINTS if name in options), None)
    if endpoint is not None:
        return Store(authority, region, _bare(endpoint.partition("://")[2] or endpoint))
    signed = SIGNED.fullmatch(rest)
    if signed:
        bucket = signed[4].partition("/")[0]
        region = signed[3].lower() if REGION.fullmatch(signed[3]) else None
        return Store(bucket, region, None if region else _bare(signed[3]), signed[2])
    user, at, place = authority.rpartition("@")
    if at:
        return _with_user(user, place, first)
    if REGION.fullmatch(authority) and first:
        return Store(first, authority.lower())
    if re.search(r":\d+$", authority):
        return Store(first, region, _bare(authority))
    bucket = authority.partition(":")[0]
    return Store(bucket, region) if bucket else None


def _with_user(user: str, place: str, first: str) -> Store:
    if ACCESS_KEY.fullmatch(user):
        return Store(first, place.lower()) if REGION.fullmatch(place) else Store(first, None, _bare(place))
    if "." in place and not first:
        return Store(user, None, _bare(place))
    return Store(user, place.lower())


def _bare(authority: str) -> str:
    """Return the host of an authority."""
    host = authority.rpartition("@")[2].partition("/")[0]
    return host.partition("]")[0].removeprefix("[") if host.startswith("[") else host.partition(":")[0]
