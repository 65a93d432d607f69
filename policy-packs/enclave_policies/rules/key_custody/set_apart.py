"""KEY-010: data whose encryption is a resource of its own is encrypted by a customer key, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.key_custody.needs import is_set, lacks, uses
from enclave_policies.key_custody.owner import buckets_of, owner, owners
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.catalog.encryption import Encryption
    from enclave_policies.reading.finding import Finding, Verdict
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge settings by the bucket that they are of, and buckets by whether they have such a setting."""
    custody = custody_of(reading.law)
    known = custody.types.get(reading.resource.type)
    if known is None or reading.resource.only_read:
        return
    if known.of is not None:
        if any(custody.needs_customer_key(one.classes) for one in owners(reading, known, stack)):
            for lack in lacks(known, reading.settings):
                verdict: Verdict = "undetermined" if lack.open else "fail"
                yield rule.finding(
                    reading,
                    lack.words,
                    verdict=verdict,
                    at=lack.path,
                    remedy=f"{lack.do}, in this setting of the bucket",
                )
    elif known.apart and custody.needs_customer_key(owner(reading).classes) and not _has_its_own(reading, known):
        having = (_having(stack, apart.type, apart.path) for apart in known.apart)
        if all(reading.resource.urn not in urns for urns in having):
            yield rule.finding(reading, "has no setting in this stack that encrypts it by a customer key")


def _having(stack: Stack, type_: str, path: str) -> frozenset[str]:
    """Return the URNs of the buckets that have a setting of some type, which names them by a path."""
    known = _known(stack)
    if (type_, path) not in known:
        named = each(stack, stack.of_type(type_), lambda one: buckets_of(one, path, stack))
        known[type_, path] = frozenset(bucket.resource.urn for buckets in named for bucket in buckets)
    return known[type_, path]


@once
def _known(_stack: Stack) -> dict[tuple[str, str], frozenset[str]]:
    return {}


def _has_its_own(reading: Reading, known: Encryption) -> bool:
    """Whether its own inputs name a key (of the copies' keys, which lie elsewhere, none counts)."""
    return any(is_set(use.value) and not use.elsewhere for use in uses(known, reading.settings))


rule = StackRule(
    id="KEY-010",
    name="set-apart-encryption",
    title="Data whose encryption is a resource of its own is encrypted by a customer key, too.",
    severity="high",
    remedy="give the bucket a server-side encryption configuration with aws:kms and a customer key of its site",
    check=check,
    concerns=lambda type_, law: (
        (known := custody_of(law).types.get(type_)) is not None and (known.of is not None or bool(known.apart))
    ),
    placing=False,
    package="aws",
)
