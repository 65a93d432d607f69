"""Judge one region, zone or service address against the law: the sentence that refuses it, or None."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.shown import shown
from enclave_policies.identifiers.urls import host_of, origin
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a place is not acceptable: words for it, its code, its country where known, the AWS host that names it."""

    words: str
    where: str | None
    country: str | None
    host: str | None = None


def refused_region(code: str, law: Law) -> Refusal | None:
    """Return why this AWS region may not be used, None when it may."""
    region = law.regions.get(code)
    if region is None:
        return Refusal(f"{shown(code)}, a region that the catalog does not know", code, None)
    if law.lets(code, region.country):
        return None
    return Refusal(law.words(region), code, region.country)


def refused_zone(code: str, law: Law) -> Refusal | None:
    """Return why this zone (name or id) may not be used; only whole names count, never the region they begin with."""
    zone = law.zones.get(code)
    if zone is None:
        return Refusal(f"{shown(code)}, a zone that the catalog does not know", code, None)
    if law.lets(code, zone.country):
        return None
    return Refusal(law.words(zone), code, zone.country)


def refused_url(url: str, law: Law) -> Refusal | None:
    """Return why an AWS service address may not be used.

    Allowed: the host of an approved region (``s3.eu-west-1.amazonaws.com``), or a registered stand-in's origin.
    """
    if origin(url) in law.stand_in_endpoints:
        return None
    host = host_of(url)
    if host is None:
        return Refusal(f"{shown(url)}, which is no http(s) address", None, None)
    named = region_in_host(host, law)
    if named is None:
        return Refusal(
            f"{shown(host)}, which is neither an AWS host of a known region nor a registered stand-in", host, None
        )
    return refused_region(named, law)


def region_in_host(host: str, law: Law) -> str | None:
    """Return the one AWS region whose name is a label of an AWS host, None for other hosts."""
    for partition, suffixes in law.dns_suffixes.items():
        for suffix in suffixes:
            if not host.endswith(f".{suffix}"):
                continue
            places = [law.regions[label] for label in host.split(".") if label in law.regions]
            named = [place.code for place in places if place.partition == partition]
            if len(named) == 1:
                return named[0]
    return None


def refused_endpoints(endpoints: Any, law: Law) -> tuple[Refusal, ...]:
    """Return every address among a provider's ``endpoints`` that may not be used.

    The engine hands structured provider inputs over as a JSON string; a program's own guard may see the list itself.
    """
    if endpoints is None or endpoints is UNKNOWN:
        return ()
    text = endpoints if isinstance(endpoints, str) else json.dumps(endpoints, default=str)
    return _refused_endpoints(text, law)


def only_stand_ins(endpoints: Any, law: Law) -> bool:
    """Return whether a provider's ``endpoints`` lead to registered stand-ins and nowhere else."""
    if endpoints is UNKNOWN:
        return False
    text = endpoints if isinstance(endpoints, str) else json.dumps(endpoints, default=str)
    try:
        urls = set(_urls(json.loads(text)))
    except ValueError:
        return False
    return bool(urls) and all(origin(url) in law.stand_in_endpoints for url in urls)


@lru_cache(maxsize=256)
def _refused_endpoints(text: str, law: Law) -> tuple[Refusal, ...]:
    try:
        entries = json.loads(text)
    except ValueError:
        return (Refusal("service endpoints that cannot be read (not JSON)", None, None),)
    refusals = dict.fromkeys(refused_url(url, law) for url in dict.fromkeys(_urls(entries)))
    return tuple(refusal for refusal in refusals if refusal is not None)


def _urls(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _urls(item)
    elif isinstance(value, list):
        for item in value:
            yield from _urls(item)
    elif value not in (None, ""):
        yield str(value)
