"""JUR-011: every AWS account that an input names is one of the enclave's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.arns import arns_in
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

ACCOUNT = re.compile(r"\d{12}")
ACCOUNT_IN_HOST = re.compile(r"(?i)(?:^|//)(\d{12})\.dkr[.-]")
ACCOUNT_IN_QUEUE_URL = re.compile(r"(?i)//[^/]*\bsqs\b[^/]*/(\d{12})/|//queue\.amazonaws\.com[^/]*/(\d{12})/")
ANYBODY = "*"
ADDRESSES = ("url", "aws-host", "image", "host")


def check(reading: Reading) -> Iterator[Finding]:
    """Judge account inputs, the accounts of ARNs, and those inside queue and registry addresses."""
    told: set[str] = set()
    for path, account in _accounts(reading):
        if account == ANYBODY and _of_own_organization(reading):
            continue
        if account not in told and not reading.law.owns_account(account):
            told.add(account)
            words = "any AWS account" if account == ANYBODY else f"the AWS account {account}"
            yield rule.finding(reading, f"names {words} ({path}), which is not one of the enclave's", where=account)


def _accounts(reading: Reading) -> Iterator[tuple[str, str]]:
    for mention in reading.of("account"):
        account = _bare(mention.value)
        if account is not None:
            yield mention.path, account
    for mention in reading.of("arn"):
        for arn in arns_in(mention.value):
            if ACCOUNT.fullmatch(arn.account) or ANYBODY in arn.account or "?" in arn.account:
                yield mention.path, arn.account
    yield from ((claim.path, claim.value) for claim in reading.claims if claim.kind == "account")
    for role in ADDRESSES:
        for mention in reading.of(role):
            for account in _inside(mention.value):
                yield mention.path, account


def _of_own_organization(reading: Reading) -> bool:
    """Whether inputs beside the principal let in the accounts of one own organisation only."""
    props = reading.settings
    named = props.get("principalOrgId")
    condition = props.get("condition")
    if isinstance(condition, dict) and str(condition.get("key")).lower() == "aws:principalorgid":
        named = condition.get("value") if condition.get("type") == "StringEquals" else None
    return isinstance(named, str) and reading.law.owns_organization(named)


def _bare(value: Any) -> str | None:
    """Return a value that is an account id or the wildcard; numbers are ids that lost their quotes."""
    if isinstance(value, int | float):
        value = f"{int(value):012d}"
    if not isinstance(value, str):
        return None
    text = value.strip()
    return text if text == ANYBODY or ACCOUNT.fullmatch(text) else None


def _inside(address: Any) -> list[str]:
    if not isinstance(address, str):
        return []
    found = ACCOUNT_IN_HOST.findall(address)
    return found + [one or other for one, other in ACCOUNT_IN_QUEUE_URL.findall(address)]


rule = Rule(
    id="JUR-011",
    name="foreign-account",
    title="Every AWS account that an input names is one of the enclave's own.",
    severity="critical",
    remedy="use an account of the enclave; law/approved.yaml lists only its own accounts",
    check=check,
    roles=frozenset({"account", "arn", "text", "object", *ADDRESSES}),
)
