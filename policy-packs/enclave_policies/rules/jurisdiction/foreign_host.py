"""JUR-015: no input names a host, an address or a mailbox outside the enclave."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.shown import shown
from enclave_policies.places.hosts import is_service_principal
from enclave_policies.reading.denied import denied
from enclave_policies.reading.flow import VERBS, flow, lacking, movement_of
from enclave_policies.reading.rule import Rule
from enclave_policies.texts.addresses import refused_address
from enclave_policies.texts.judge import judged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.places.regions import Refusal
    from enclave_policies.reading.finding import Finding, Verdict
    from enclave_policies.reading.reading import Reading
    from enclave_policies.resources.claim import Claim

BEFORE_HOST = re.compile(r"(?i)^(?:arn:|s3[an]?://)")
HOST = re.compile(r"(?i)\*?[\w.-]+\.[a-z][\w-]*(?::\d+)?(?:/.*)?|\[?[0-9a-f:.]+\]?(?::\d+)?(?:/.*)?|[^/]*://.*")
READ_BY_OTHER_RULES = ("kubernetes:", "aws:route53/record")  # JUR-027, JUR-029
CONTACTS = ("aws:organizations/", "aws:account/")  # who answers for an account is no way out of it

MAIL = "send it to a mail domain of the enclave (law/approved.yaml: mail_domains)"
BY_PERSON = ("email", "email-json", "sms")


def check(reading: Reading) -> Iterator[Finding]:
    """Judge URLs anywhere, hosts in inputs that hold one, AWS hosts anywhere, and mail that is sent."""
    if reading.resource.type.startswith(READ_BY_OTHER_RULES):
        return
    told: set[Refusal] = set()
    for claim, refusal in judged(reading.claims, reading.law):
        if refusal not in told:
            told.add(refusal)
            yield from _judge(reading, claim, refusal)
    stopped = denied(reading)
    for role in ("url", "host", "aws-host"):
        for mention in reading.of(role):
            if mention.value in stopped:
                continue
            for value in _addresses(mention.value, role):
                found = refused_address(value, reading.law)
                if found is not None and found not in told:
                    told.add(found)
                    yield from _judge(reading, mention, found)
    if not reading.resource.type.startswith(CONTACTS):
        yield from _mail(reading)


def _addresses(value: Any, role: str) -> list[str]:
    """Return the addresses that an input holds; some hold several, with commas between."""
    if not isinstance(value, str):
        return []
    if role == "aws-host":
        return [] if is_service_principal(value) else [value]
    each = [value] if "://" in value else value.split(",")
    hosts = [text.strip().removeprefix(".") for text in each if not BEFORE_HOST.match(text)]  # .a.b: all below a.b
    return [host for host in hosts if HOST.fullmatch(host)]


def _judge(reading: Reading, claim: Claim, refusal: Refusal) -> Iterator[Finding]:
    movement = movement_of(claim)
    words = f"{VERBS[movement]} {refusal.words} ({claim.path})"
    if refusal.country is not None:
        found = flow(reading, refusal.country, movement)
        if found.basis is not None:
            return
        words = f"{words}, {lacking(found)}"
    verdict: Verdict = "undetermined" if refusal.country is None and refusal.where is None else "fail"
    yield rule.finding(
        reading,
        words,
        where=refusal.where,
        country=refusal.country,
        verdict=verdict,
        claim=claim,
        host=refusal.host,
    )


def _mail(reading: Reading) -> Iterator[Finding]:
    for mention in reading.of("mail"):
        value = mention.value
        if isinstance(value, str) and "@" in value and not reading.law.owns_mail(value):
            domain = value.rpartition("@")[2]
            problem = f"sends mail to {shown(domain)}, which is not a mail domain of the enclave ({mention.path})"
            yield rule.finding(reading, problem, where=domain, claim=mention, remedy=MAIL)
    if reading.setting("protocol") in BY_PERSON:
        yield from _person(reading)


def _person(reading: Reading) -> Iterator[Finding]:
    """A subscription that somebody reads: by mail, or on a telephone that may be anywhere."""
    endpoint = reading.setting("endpoint")
    if not isinstance(endpoint, str) or reading.law.owns_mail(endpoint):
        return
    if "@" in endpoint:
        problem = f"sends mail to {shown(endpoint.rpartition('@')[2])}, which is not a mail domain of the enclave"
        yield rule.finding(reading, f"{problem} (endpoint)", where=endpoint.rpartition("@")[2], remedy=MAIL)
    else:
        problem = "sends messages to a telephone, which may be anywhere (endpoint)"
        yield rule.finding(reading, problem, verdict="undetermined", remedy=MAIL)


rule = Rule(
    id="JUR-015",
    name="foreign-host",
    title="No input names a host, an address or a mailbox outside the enclave.",
    severity="high",
    remedy="use a host of the enclave's DNS zones or an approved region; law/approved.yaml lists only its own zones",
    check=check,
    roles=frozenset({"url", "host", "aws-host", "mail", "text"}),
)
