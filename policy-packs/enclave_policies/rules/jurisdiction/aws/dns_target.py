"""JUR-029: a DNS record leads to hosts and addresses of the enclave."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.reading.rule import Rule
from enclave_policies.texts.addresses import refused_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

RECORD = "aws:route53/record:Record"
RECORD_SETS = "aws:route53/recordsExclusive:RecordsExclusive"
TARGETS = {"A": 0, "AAAA": 0, "CNAME": 0, "DNAME": 0, "NS": 0, "MX": 1, "SVCB": 1, "HTTPS": 1, "SRV": 3, "NAPTR": 5}
"""Record type → which word of a record is the target; other types are words for other readers.

Sources: RFC 1035, RFC 2782 (SRV), RFC 3403 (NAPTR), RFC 9460 (SVCB and HTTPS).
"""
ITSELF: Final = "."
"""A target that is the record's own name, or none at all (RFC 2782, RFC 7505, RFC 9460)."""
WORD: Final = re.compile(r'(?:"(?:[^"\\]|\\.)*"|\S)+')
HINTS: Final = re.compile(r'ipv[46]hint="?([^"\s]+)', re.IGNORECASE)
"""Addresses at which clients begin before they have asked for those of the target (RFC 9460, section 7.3)."""


def check(reading: Reading) -> Iterator[Finding]:
    """Judge the targets of each record set and of its aliases."""
    for record_set in _record_sets(reading):
        for target in (*_targets(record_set), *_aliases(record_set)):
            refusal = refused_address(target, reading.law)
            if refusal is not None:
                where, country = refusal.where, refusal.country
                yield rule.finding(reading, f"leads to {refusal.words}", where=where, country=country)


def _record_sets(reading: Reading) -> list[dict[str, Any]]:
    props = reading.settings
    if reading.resource.type == RECORD:
        return [dict(props)]
    if reading.resource.type == RECORD_SETS:
        return [each for each in _list(props.get("resourceRecordSets")) if isinstance(each, dict)]
    return []


def _targets(record_set: dict[str, Any]) -> Iterator[str]:
    word = TARGETS.get(str(record_set.get("type")).upper())
    if word is None:
        return
    for record in _list(record_set.get("records") or record_set.get("resourceRecords")):
        text = record.get("value") if isinstance(record, dict) else record
        if not isinstance(text, str):
            continue
        parts = WORD.findall(text)
        if len(parts) > word and parts[word] != ITSELF:
            yield parts[word]
        for hint in HINTS.findall(text):
            yield from hint.split(",")


def _aliases(record_set: dict[str, Any]) -> Iterator[str]:
    for alias in _list(record_set.get("aliases") or record_set.get("aliasTarget")):
        name = (alias.get("name") or alias.get("dnsName")) if isinstance(alias, dict) else None
        if isinstance(name, str) and name:
            yield name


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


rule = Rule(
    id="JUR-029",
    name="dns-target",
    title="A DNS record leads to hosts and addresses of the enclave.",
    severity="high",
    remedy="let it lead to a host of the enclave's DNS zones, its networks, or an AWS host of an approved region",
    check=check,
    package="aws",
    types=frozenset({RECORD, RECORD_SETS}),
)
