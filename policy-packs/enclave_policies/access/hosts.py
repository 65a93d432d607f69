"""What the user data of a gateway's hosts in AWS pins: image and bundle by digest, and where the bundle lies."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.resources.resource import Resource

LAUNCHING: Final = frozenset(
    {
        "aws:ec2/launchTemplate:LaunchTemplate",
        "aws:ec2/launchConfiguration:LaunchConfiguration",
        "aws:ec2/instance:Instance",
    }
)
"""Types whose hosts read user data."""
USER_DATA: Final = ("userData", "userDataBase64")
SETTING: Final = re.compile(r"""ENCLAVE_([A-Z_]+)=["']?([^\s"'\\]*)""")
"""A setting, whether it stands in a script, in YAML or in JSON (where a line ends with a backslash and an n)."""
WORD: Final = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
GZIP: Final = b"\x1f\x8b"
LARGEST: Final = 1 << 20
"""Bytes that packed user data may unpack to; 16 KB of it are the most that AWS takes."""
MARKS: Final = ("ENCLAVE_GATEWAY", "ENCLAVE_BUNDLE", "enclave-gateway")
"""Words that only the user data of a gateway's host has."""


@dataclass(frozen=True)
class Host:
    """What hosts are told: every image and digest, one of each where all is well, and where the bundle lies.

    ``path`` is where that stands among the inputs; ``at`` are buckets with keys; ``records`` are the buckets that they
    add their record to.
    """

    path: str
    images: tuple[str, ...]
    digests: tuple[str, ...]
    at: tuple[tuple[str, str], ...]
    sites: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


def hosts_of(resource: Resource) -> Iterator[Host]:
    """Yield what a resource tells its hosts, where they are those of a gateway."""
    if resource.type in LAUNCHING:
        found = (_launched(name, resource.props.get(name)) for name in USER_DATA)
        yield from (each for each in found if each is not None)


def _launched(path: str, value: Any) -> Host | None:
    """Return what user data insists on; None where it is not that of a gateway's host, or nobody knows it yet."""
    if not isinstance(value, str):
        return None
    text = "\n".join(_readable(value))
    if not any(mark in text for mark in MARKS):
        return None
    settings: dict[str, list[str]] = {}
    for name, said in SETTING.findall(text):
        settings.setdefault(name, []).append(said)
    return Host(
        path,
        _once(settings, "IMAGE"),
        _once(settings, "BUNDLE_DIGEST"),
        tuple(map(_address, _once(settings, "BUNDLE"))),
        _once(settings, "SITE"),
        _once(settings, "RECORDS"),
    )


def _once(settings: dict[str, list[str]], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(settings.get(name, ())))


def _readable(value: str) -> Iterator[str]:
    """Yield user data as a host reads it, and each text in base64 inside it: cloud-init decodes both."""
    text = _decoded(value) or value
    yield text
    yield from filter(None, map(_decoded, WORD.findall(text)))


def _decoded(value: str) -> str | None:
    """Return what is written in base64, unpacked where it is; None for what is none."""
    try:
        found = base64.b64decode(value, validate=True)
        if found.startswith(GZIP):
            found = zlib.decompressobj(wbits=31).decompress(found, LARGEST)
        return found.decode()
    except (binascii.Error, UnicodeDecodeError, ValueError, zlib.error):
        return None


def _address(url: str) -> tuple[str, str]:
    """Return the bucket and key that an address of S3 names, by its path or by its host."""
    try:
        place = urlsplit(url)
    except ValueError:
        return "", ""
    path, host = unquote(place.path).lstrip("/"), place.hostname or ""
    if host.startswith("s3.") or place.scheme == "s3":
        bucket, _, key = path.partition("/")
        return (host, path) if place.scheme == "s3" else (bucket, key)
    return host.partition(".s3.")[0], path
