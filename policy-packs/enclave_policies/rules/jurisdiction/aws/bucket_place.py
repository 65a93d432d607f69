"""JUR-017: data goes only to buckets whose place is known: of this stack, or on the law's list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enclave_policies.iam.documents import statements
from enclave_policies.identifiers.arns import arns_in
from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.owner import owners
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.flow import VERBS, flow, lacking, movement_of
from enclave_policies.reading.rule import StackRule
from enclave_policies.texts.judge import stores_of_others

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack
    from enclave_policies.resources.claim import Claim

ROLES = ("bucket:destination", "bucket:source", "s3", "arn")
WRITES = ("s3:put", "s3:replicate", "s3:create")
BUCKET_ARN = re.compile(r"arn:aws[a-z-]*:s3:::([a-z0-9][a-z0-9.-]+)(?:/|$)")
"""A bucket that is named in full: a pattern names none."""
REGION_IS_THE_FUNCTIONS = ("aws:lambda/",)  # Lambda takes code from buckets of its own region only


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge every bucket that is named by name, URI or ARN: none of the three tells its region or account."""
    if reading.resource.type.startswith("kubernetes:"):
        return  # JUR-044
    told: set[str] = set()
    for claim in stores_of_others(reading.claims, reading.law):
        if claim.value not in told:
            told.add(claim.value)
            yield from _judge(reading, stack, claim, claim.value)
    for path, written in _written_by_policy(reading):
        if written not in told and written not in stack.buckets and written not in reading.law.buckets:
            told.add(written)
            problem = f"lets its principal write into the bucket {shown(written)} ({path}), which is not of this stack"
            yield rule.finding(reading, problem, verdict="undetermined")
    for role in ROLES:
        if role == "bucket:source" and reading.resource.type.startswith(REGION_IS_THE_FUNCTIONS):
            continue
        for mention in reading.of(role):
            name = _bucket(role, mention)
            if name is None or name in told:
                continue
            told.add(name)
            yield from _judge(reading, stack, mention, name)


def _written_by_policy(reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield the buckets that an identity's policy names in full and lets it write into, with where they stand."""
    for mention in reading.of("document"):
        for statement in statements(mention.value):
            if not statement.allows or statement.principals or not any(_writes(action) for action in statement.actions):
                continue
            for resource in statement.resources:
                found = BUCKET_ARN.match(resource) if isinstance(resource, str) else None
                if found:
                    yield mention.path, found[1]


def _writes(action: Any) -> bool:
    return isinstance(action, str) and action.lower().startswith(WRITES)


def _bucket(role: str, mention: Claim) -> str | None:
    value = mention.value
    if not isinstance(value, str) or not value:
        return None
    if value.lower().startswith("arn:"):
        arns = arns_in(value)
        if not arns or arns[0].service != "s3" or arns[0].region or arns[0].account:
            return None  # an access point's ARN names its region, or none for all (JUR-004)
        return value.split(":", 5)[-1].partition("/")[0]
    if role == "arn":
        return None
    if role == "bucket:source" and "://" in value and not value.startswith("s3://"):
        return None  # an address, which JUR-015 judges
    return value.removeprefix("s3://").partition("/")[0]


def _verb(mention: Claim) -> str:
    return "takes data from" if mention.effect == "asked" else "sends data to"


def _judge(reading: Reading, stack: Stack, mention: Claim, name: str) -> Iterator[Finding]:
    law = reading.law
    own = stack.buckets.get(name)
    if own is None:
        if name not in law.buckets:
            problem = f"{_verb(mention)} the bucket {shown(name)} ({mention.path}), which is not of this stack"
            remedy = f"name the bucket; {name} is a region" if name in law.regions else None
            yield rule.finding(reading, problem, verdict="undetermined", claim=mention, remedy=remedy)
        return
    place = own.location
    if law.lets(place.code, place.country):
        return
    known = custody_of(law).types.get(reading.resource.type)
    classes = [one.classes or frozenset() for one in owners(reading, known, stack)]
    told = frozenset[str]() if frozenset() in classes else frozenset[str]().union(*classes)
    found = flow(reading, place.country, movement_of(mention), told)
    if found.basis is None:
        problem = (
            f"{VERBS[found.movement]} the bucket {shown(name)} in {place.words} ({mention.path}), {lacking(found)}"
        )
        where = place.code if isinstance(place.code, str) else None
        yield rule.finding(reading, problem, where=where, country=place.country)


rule = StackRule(
    id="JUR-017",
    name="bucket-place",
    title="Data goes only to buckets whose place is known.",
    severity="high",
    remedy="use a bucket of this stack; law/approved.yaml lists only buckets of the enclave (buckets)",
    check=check,
    roles=frozenset({*ROLES, "text", "document"}),
)
