"""`enclave explain URN`: how a resource's place was worked out, what was read of it, and what each rule said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from enclave_policies.catalog.kinds import KINDS
from enclave_policies.judging.judge import is_asked, try_read

from console.audit.explain_place import place_lines, value_words
from console.audit.explain_type import input_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.rule import Question
    from enclave_policies.resources.claim import Claim
    from enclave_policies.resources.resource import Resource

    from console.audit.judges import Judges

TOLD: Final = frozenset(
    {"zone", "edge", "account", "bucket:destination", "bucket:source", "network", "image", "arn", "aws-host", "place"}
    | {"s3", "host", "mail", "subnet", "hosted-zone"}
)
"""Roles whose values are places; all others may hold anything, secrets too."""
CLAIMED: Final = frozenset({"host", "place", "bucket", "account", "mail", "model"})
"""Kinds of claims whose values are places."""


def resource_lines(resource: Resource, findings: tuple[Finding, ...], asked: Judges) -> Iterator[str]:
    """Yield the explanation; ``findings`` are those of the whole stack's judgement on this resource."""
    law = asked.law
    kind = law.kind(resource.type)
    reading = try_read(resource, law)
    yield resource.urn
    meaning = KINDS.get(kind or "", "nobody has judged it, so it is refused")
    yield f"type {resource.type}: {kind or 'unknown'} ({meaning})"
    yield from input_lines(resource.type, law)
    yield "where it is:"
    yield from place_lines(resource, law)
    yield from _mentions(reading)
    yield from _claims(reading)
    yield "what each rule says:"
    yield from _rules(reading, findings, asked.rules)


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
            yield f"  {role}: {mention.path or 'as a whole'}{_value(role, mention)}"


def _claims(reading: Reading) -> Iterator[str]:
    if reading.broken or not reading.claims:
        return
    yield "what its programs are told:"
    for claim in reading.claims:
        value = f" = {value_words(claim.value)}" if _may_be_told(claim) else ""
        given = "" if claim.given == "given" else f", {claim.given}"
        yield f"  {claim.kind}: {claim.path or 'as a whole'}{value} ({claim.effect}{given})"


def _may_be_told(claim: Claim) -> bool:
    """Whether a claim's value is a place: a name without a dot may be what a slash left of a password in an address."""
    return claim.kind in CLAIMED and (claim.kind != "host" or re.search("[.:]", str(claim.value)) is not None)


def _value(role: str, mention: Claim) -> str:
    address = isinstance(mention.value, str) and "://" in mention.value  # which may carry a password
    told = role in TOLD or role.startswith("region")
    return f" = {value_words(mention.value)}" if told and not address else ""


def _rules(reading: Reading, findings: tuple[Finding, ...], rules: Sequence[Question]) -> Iterator[str]:
    for finding in findings:
        yield f"  {finding.message} [{finding.verdict}]"
    objecting = {finding.rule for finding in findings}
    content = [rule for rule in rules if rule.id not in objecting]
    asked = [rule for rule in content if is_asked(rule, reading)]
    looked = {rule.id: _looked_at(rule.roles, reading.mentions) for rule in asked}
    for rule in asked:
        if looked[rule.id]:
            yield f"  {rule.id} {rule.name} has no objection; it looked at {looked[rule.id]}"
    yield f"  no objection after a look at the whole resource: {_names(rule for rule in asked if not looked[rule.id])}"
    yield f"  not concerned by its inputs: {_names(rule for rule in content if rule not in asked)}"


def _names(rules: Iterable[Question]) -> str:
    return ", ".join(f"{rule.id} {rule.name}" for rule in rules) or "none"


def _looked_at(roles: frozenset[str] | None, mentions: Mapping[str, list[Claim]]) -> str:
    found = (mention for role in sorted(roles or ()) for mention in mentions.get(role, ()))
    return ", ".join(dict.fromkeys(mention.path or "the inputs as a whole" for mention in found))
