"""Why what a text says may not be: each claim held against the law, a client's settings as a whole."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from enclave_policies.identifiers.shown import shown
from enclave_policies.places.hosts import refused_host
from enclave_policies.places.names import NAME, spelled
from enclave_policies.places.regions import Refusal, refused_region, refused_zone
from enclave_policies.texts import patterns as known
from enclave_policies.texts.reader import claims_in, place_code
from enclave_policies.texts.spellings import is_clouds_region

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclave_policies.law import Law
    from enclave_policies.resources.claim import Claim

STORE_ENDPOINT: Final = re.compile(
    r"(?i)(?:aws_)?(?:s3_?)?endpoint(?:[_-]?url)?(?:_s3)?|(?:aws|kms|sqs|sns|kinesis|dynamodb)_?endpoint(?:_?url)?"
    r"|.*(?:s3|minio|object|storage|store|bucket|blob).*(?:endpoint|url|uri|host|hostname|server|address|addr)(?:es|s)?.*"
    r"|(?:.*[_.-])?(?:endpoint_?url|url)_?s3|(?:.*[_.-])?(?:region_?endpoint|server_?address)"
)
"""Settings that say which server answers for the store, or the service, whose region and bucket stand beside it."""
GENERIC_BLOCKS: Final = frozenset({"config", "configuration", "objectstorage", "connection", "endpoint", "credentials"})
"""Blocks that only part the settings of one client; what stands beside them belongs to the same one."""

HADOOP: Final = frozenset({"s3a", "s3n"})
AROUND_HADOOP: Final = frozenset({*HADOOP, "fs", "hadoop", "spark", "flink", "configuration", "conf"})
"""``fs.s3a.endpoint`` is the server of every ``s3a://`` in the same file (hadoop.apache.org, hadoop-aws)."""


def refusals(key: str, text: str, law: Law, *, command: bool = False) -> tuple[Refusal, ...]:
    """Return why each place in a text may not be reached; ``key`` is what the text is called where it stands."""
    found = _judged(key, text, law, command=command)
    return tuple(dict.fromkeys(refusal for _, refusal in found))


@lru_cache(maxsize=1 << 15)
def _judged(key: str, text: str, law: Law, *, command: bool) -> tuple[tuple[Claim, Refusal], ...]:
    return tuple(_of_claims(list(claims_in(key, text, command=command)), law))


def judged(claims: Iterable[Claim], law: Law) -> list[tuple[Claim, Refusal]]:
    """Return each claim of a resource that may not be, and why."""
    return list(_of_claims(list(claims), law))


def stores_of_others(claims: Iterable[Claim], law: Law) -> list[Claim]:
    """Return the buckets among claims that no own server beside them keeps: AWS must have them."""
    claims = list(claims)
    servers = own_servers(claims, law)
    return [claim for claim in claims if claim.kind == "bucket" and not _is_served(claim, servers)]


def own_servers(claims: Iterable[Claim], law: Law) -> frozenset[tuple[str, ...]]:
    """Return the blocks in which an own server is named that answers in AWS's place."""
    return frozenset(
        block
        for claim in claims
        if claim.kind == "host" and STORE_ENDPOINT.fullmatch(claim.key) and _is_own(claim, law)
        for block in _reach(claim.block)
    )


def _reach(block: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield block
    if block and block[-1].lower() in HADOOP:
        while block and block[-1].lower() in AROUND_HADOOP:
            block = block[:-1]
        yield block
    if block and block[-1].lower() in GENERIC_BLOCKS:
        yield block[:-1]


def _is_own(claim: Claim, law: Law) -> bool:
    host = spelled(str(claim.value))
    if not NAME.fullmatch(host) or "amazonaws" in host:
        return False
    return "." in host and refused_host(host, law, public=claim.public) is None


def _is_served(claim: Claim, servers: frozenset[tuple[str, ...]]) -> bool:
    return any(claim.block[: len(block)] == block for block in servers)


def _of_claims(claims: list[Claim], law: Law) -> Iterator[tuple[Claim, Refusal]]:
    servers = own_servers(claims, law)
    for claim in claims:
        if claim.kind == "place" and known.REGION_KEY.fullmatch(claim.key) and _is_served(claim, servers):
            continue  # only the name that a request to the own server is signed with
        refusal = refused(claim.kind, claim.value, claim.key, claim.words, law, public=claim.public)
        if refusal is not None:
            yield claim, refusal


@lru_cache(maxsize=1 << 15)
def refused(kind: str, value: str | None, key: str, words: str, law: Law, *, public: bool) -> Refusal | None:
    """Return why one claim may not be; buckets are judged with the whole stack, accounts and passwords by rules."""
    if kind == "host":
        return refused_host(str(value), law, public=public)
    if kind == "place":
        return refused_place(key, str(value), law)
    if kind == "store":
        return Refusal(f"another cloud's storage ({value}://)", None, None)
    if kind == "model":
        return Refusal(f"the model profile {shown(str(value))}, which computes in several regions", None, None)
    if kind == "mail" and not law.owns_mail(str(value)):
        domain = str(value).rpartition("@")[2].lower()
        return Refusal(f"the mailbox at {shown(domain)}, which is not the enclave's", domain, None)
    if kind == "default":
        return Refusal(f"a place that no setting names: {words}", value, None)
    return None


def refused_place(key: str, text: str, law: Law) -> Refusal | None:
    """Return why a region or a zone may not be used: AWS's by its code, other clouds' where ``key`` says a place."""
    code = place_code(text)
    lower = code.lower()
    if known.PLACE_KEY.fullmatch(key):
        constraint = known.LOCATION_CONSTRAINTS.get(lower) if "constraint" in key.lower() else None
        code = constraint or known.PSEUDO_REGIONS.get(lower, code)
    if code in law.zones:
        return refused_zone(code, law)
    if code in law.regions:
        return refused_region(code, law)
    if known.PLACE_KEY.fullmatch(key) and is_clouds_region(code):
        return Refusal(f"{shown(code)}, a region that the catalog does not know", code, None)
    return None
