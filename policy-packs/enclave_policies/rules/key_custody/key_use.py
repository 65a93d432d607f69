"""KEY-012: who uses a key does so through a service of the site, or for data that its encryption context names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.outsiders import CONTEXT
from enclave_policies.key_custody.policies import (
    CRYPT,
    GRANT,
    KEY_POLICIES,
    allowed,
    allowing,
    grants_freely,
    values_of,
)
from enclave_policies.places.regions import refused_region, region_in_host
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.iam.documents import Statement
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

THROUGH = "kms:viaservice"


def check(reading: Reading) -> Iterator[Finding]:
    """Judge statements that let people and programs encrypt or decrypt; a service's own are KEY-003's."""
    for one in allowing(reading.resource):
        if any(kind != "service" for kind, _ in one.principals):
            yield from _judged(reading, one)


def _judged(reading: Reading, one: Statement) -> Iterator[Finding]:
    through, path = values_of(one, THROUGH), KEY_POLICIES[reading.resource.type]
    for service in through:
        region = region_in_host(service, reading.law)
        if region is None or "*" in service:
            problem = f"may be used through {shown(service)}, which is no service of one region"
            yield rule.finding(reading, problem, at=path)
        elif refusal := refused_region(region, reading.law):
            problem = f"may be used through a service of {refusal.words}"
            yield rule.finding(reading, problem, where=refusal.where, at=path)
    if allowed(one, CRYPT) and not through and not _names_context(one):
        problem = "may be used directly and for any data (neither kms:ViaService nor kms:EncryptionContext:…)"
        yield rule.finding(reading, problem, at=path)
    elif allowed(one, [GRANT]) and not allowed(one, CRYPT) and grants_freely(one):
        yield rule.finding(reading, "may be granted on by a statement without kms:GrantIsForAWSResource", at=path)


def _names_context(one: Statement) -> bool:
    """Whether a value of the encryption context must be there, and not just any."""
    contexts = [values_of(one, key) for key in one.conditions if key.startswith(CONTEXT)]
    return any(values and not any(not value.strip("*?") for value in values) for values in contexts)


rule = Rule(
    id="KEY-012",
    name="key-use",
    title="Who uses a key does so through a service of the site, or for data that its encryption context names.",
    severity="high",
    remedy="bind it by kms:ViaService (s3.eu-west-1.amazonaws.com) or by kms:EncryptionContext:… of the segment",
    check=check,
    types=frozenset(KEY_POLICIES),
    placing=False,
    package="aws",
)
