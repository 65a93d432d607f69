"""KEY-001: whatever keeps data that needs a customer key names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.key_custody.needs import lacks
from enclave_policies.key_custody.owner import DATA_CLASS, owner, where_to_say
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding, Verdict
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Judge a resource by its own inputs and tags; settings of another resource are KEY-010's."""
    resource = reading.resource
    if resource.as_provider is not None or resource.only_read:
        return  # a provider, or what is only read
    custody = custody_of(reading.law)
    known = custody.types.get(resource.type)
    if known is None:
        problem = "is of a type that the table of encryption does not know"
        yield rule.finding(reading, problem, verdict="undetermined")
    elif known.of is None and custody.needs_customer_key(owner(reading).classes):
        for lack in lacks(known, reading.settings):
            remedy = f"{lack.do}, or say {where_to_say(reading, DATA_CLASS)}, that there is no such data in it"
            verdict: Verdict = "undetermined" if lack.open else "fail"
            yield rule.finding(reading, lack.words, verdict=verdict, remedy=remedy, at=lack.path)


rule = Rule(
    id="KEY-001",
    name="customer-key",
    title="Whatever keeps data that needs a customer key names one.",
    severity="high",
    remedy="name a customer key of its site, or say by the tag data-class that there is no such data in it",
    check=check,
    concerns=lambda type_, law: (known := custody_of(law).types.get(type_)) is None or known.asks,
    placing=False,
    package="aws",
)
