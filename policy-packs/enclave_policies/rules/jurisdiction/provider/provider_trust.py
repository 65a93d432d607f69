"""JUR-025: an AWS provider acts in the enclave's own accounts, directly, with its checks on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.arns import arns_in
from enclave_policies.places.placement import AWS
from enclave_policies.places.regions import only_stand_ins
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.addresses import refused_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.resources.resource import Provider

ROLES = ("assumeRole", "assumeRoles", "assumeRoleWithWebIdentity")
GONE_THROUGH = {
    "httpProxy": "would send its calls through",
    "httpsProxy": "would send its calls through",
    "ec2MetadataServiceEndpoint": "would get its credentials from",
}
WEAKENED = {
    "insecure": "does not check the certificates of what it talks to",
    "skipCredentialsValidation": "does not check whose credentials it uses",
    "skipRequestingAccountId": "does not ask in which account it acts",
    "s3UsEast1RegionalEndpoint": "may send S3 calls to the worldwide address in us-east-1",
}
"""``skipRegionValidation`` is not among them: the Python SDK sets it for every provider, and JUR-002 knows regions."""
NOT_ASKED_OF_STAND_INS = frozenset({"skipCredentialsValidation", "skipRequestingAccountId"})
UNREAD_FILES = ("sharedConfigFiles", "customCaBundle")
OFF = (None, False, "", "false", "False", "regional")


def check(reading: Reading) -> Iterator[Finding]:
    """Judge the provider resource itself: roles that it assumes, accounts, proxies, switched-off checks."""
    provider = reading.resource.as_provider
    if provider is None:
        return
    source = provider.setting("pluginDownloadURL")
    if source and (not isinstance(source, str) or refused_address(source, reading.law)):
        yield rule.finding(reading, "is run by a plugin from elsewhere (pluginDownloadURL)", verdict="undetermined")
    if provider.type != AWS:
        return
    for name in ROLES:
        yield from _roles(reading, name, provider.setting(name))
    for account in _list(provider.setting("allowedAccountIds")):
        if not reading.law.owns_account(str(account)):
            yield rule.finding(
                reading, f"would act in the AWS account {account} (allowedAccountIds)", where=str(account)
            )
    for name, words in GONE_THROUGH.items():
        address = provider.setting(name)
        refusal = refused_address(address, reading.law) if isinstance(address, str) and address else None
        if refusal or address is UNKNOWN:
            where = refusal.words if refusal else "an address that is not known"
            yield rule.finding(reading, f"{words} {where} ({name})", where=refusal.where if refusal else None)
    sandboxed = only_stand_ins(provider.setting("endpoints"), reading.law)
    for problem in _weakened(provider, NOT_ASKED_OF_STAND_INS if sandboxed else frozenset()):
        yield rule.finding(reading, problem, verdict="undetermined")


def _weakened(provider: Provider, excused: frozenset[str]) -> Iterator[str]:
    for name, words in WEAKENED.items():
        if provider.setting(name) not in OFF and name not in excused:
            yield f"{words} ({name})"
    for name in UNREAD_FILES:
        if _list(provider.setting(name)):
            yield f"takes settings from files that no judge can read ({name})"


def _roles(reading: Reading, name: str, value: Any) -> Iterator[Finding]:
    if value is None or value == "":
        return
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    if value is UNKNOWN or "UNKNOWN" in text:
        yield rule.finding(reading, f"assumes a role that is not known ({name})", verdict="undetermined")
        return
    roles = [arn for arn in arns_in(text) if arn.service in ("iam", "sts") and arn.account != "aws"]
    accounts = [arn.account for arn in roles]
    for partition in dict.fromkeys(arn.partition for arn in roles):
        if partition not in reading.law.partitions:
            yield rule.finding(reading, f"assumes a role in the AWS partition {partition} ({name})", where=partition)
    for account in dict.fromkeys(accounts):
        if not reading.law.owns_account(account):
            problem = f"assumes a role in the AWS account {account} ({name}), which is not one of the enclave's"
            yield rule.finding(reading, problem, where=account)
    if not accounts and json_or_empty(text):
        yield rule.finding(reading, f"assumes a role whose account cannot be told ({name})", verdict="undetermined")


def json_or_empty(text: str) -> Any:
    """Return what a structured provider input holds; the text itself where it is no JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _list(value: Any) -> list[Any]:
    if isinstance(value, str):
        value = json_or_empty(value)
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


rule = Rule(
    id="JUR-025",
    name="provider-trust",
    title="An AWS provider acts in the enclave's own accounts, directly, with its checks on.",
    severity="critical",
    remedy="let the provider act in an account of the enclave, without proxies, with its checks on",
    check=check,
    package="pulumi",
)
