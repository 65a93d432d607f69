"""`enclave explain URN`: how a resource's place was worked out, what was read of it, and what each rule said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.catalog.type_catalog import KINDS
from enclave_policies.judging.judge import try_read
from enclave_policies.rules.jurisdiction import JURISDICTION

from console.audit.explain_place import place_lines, value_words
from console.audit.explain_type import input_lines
from console.audit.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Mention, Reading
    from enclave_policies.resources.resource import Resource

TOLD: Final = frozenset(
    {"zone", "edge", "account", "bucket:destination", "bucket:source", "network", "image", "arn", "aws-host", "place"}
    | {"s3", "host", "mail", "subnet", "hosted-zone"}
)
"""Roles whose values are places; all others may hold anything, secrets too."""


def resource_lines(resource: Resource, findings: tuple[Finding, ...], law: Law) -> Iterator[str]:
    """Yield the explanation; ``findings`` are those of the whole stack's judgement on this resource."""
    kind = law.kind(resource.type)
    reading = try_read(resource, law)
    yield printable(resource.urn)
    meaning = KINDS.get(kind or "", "nobody has judged it: refused")
    yield f"type {printable(resource.type)}: {kind or 'unknown'} ({meaning})"
    yield from input_lines(resource.type, law)
    yield "where it is:"
    yield from map(printable, place_lines(resource, law))
    yield from _mentions(reading)
    yield "what each rule says:"
    yield from _rules(reading, findings)


def _mentions(reading: Reading) -> Iterator[str]:
    if reading.broken:
        yield f"its inputs cannot be read ({reading.broken}), so every rule refuses it"
        return
    if not reading.mentions:
        yield "nothing among its inputs names a place or a way out"
        return
    yield "what its inputs name:"
    for role, mentions in sorted(reading.mentions.items()):
        for mention in mentions:
            yield printable(f"  {role}: {mention.path or 'as a whole'}{_value(role, mention)}")


def _value(role: str, mention: Mention) -> str:
    address = isinstance(mention.value, str) and "://" in mention.value  # which may carry a password
    told = role in TOLD or role.startswith("region")
    return f" = {value_words(mention.value)}" if told and not address else ""


def _rules(reading: Reading, findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings:
        yield printable(f"  {finding.message} [{finding.verdict}]")
    objecting = {finding.rule for finding in findings}
    content = [rule for rule in JURISDICTION if rule.id not in objecting]
    for rule in content:
        looked = _looked_at(rule.roles, reading.mentions)
        if looked:
            yield printable(f"  {rule.id} {rule.name} has no objection; it looked at {looked}")
    whole = [f"{rule.id} {rule.name}" for rule in content if rule.roles is None]
    yield f"  no objection, having looked at the whole: {', '.join(whole) or 'none'}"
    idle = [rule for rule in content if rule.roles is not None and not _looked_at(rule.roles, reading.mentions)]
    yield f"  not concerned by its inputs: {', '.join(f'{rule.id} {rule.name}' for rule in idle) or 'none'}"


def _looked_at(roles: frozenset[str] | None, mentions: Mapping[str, list[Mention]]) -> str:
    found = (mention for role in sorted(roles or ()) for mention in mentions.get(role, ()))
    return ", ".join(dict.fromkeys(mention.path or "the inputs as a whole" for mention in found))
