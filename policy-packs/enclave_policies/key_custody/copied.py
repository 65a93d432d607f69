"""Where copies of data go: the inputs that name a place or a bucket for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.reading.flow import movement_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack
    from enclave_policies.resources.claim import Claim

COPIES: Final = ("region:destination", "region-keys:destination", "place", "arn", "bucket:destination", "s3")
"""Roles of inputs that may name where a copy is kept."""


def copies(reading: Reading) -> Iterator[tuple[str, Claim]]:
    """Yield each claim of a place or a bucket that a copy goes to, with its role; its value is a text."""
    for role in COPIES:
        for claim in reading.of(role):
            if movement_of(claim) == "copy" and isinstance(claim.value, str):
                yield role, claim


def buckets_copied_to(reading: Reading, stack: Stack) -> Iterator[tuple[Claim, Reading]]:
    """Yield each bucket of the stack that a copy goes to, with the claim that names it."""
    seen: set[str] = set()
    for _, claim in copies(reading):
        bucket = stack.buckets.get(claim.value.rpartition(":")[2].removeprefix("//").partition("/")[0])
        if bucket is not None and bucket.resource.urn not in seen:
            seen.add(bucket.resource.urn)
            yield claim, bucket
