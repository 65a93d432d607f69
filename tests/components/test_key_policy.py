"""Key policies of an AWS site: who may do what with a key, for which data, through which service."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest

from components.aws.arn import dns_suffix
from components.aws.key_policy import key_policy, segments_of
from components.aws.storage import bucket_policy
from components.declaration import load_declaration
from components.declaration.model import AwsSite
from components.declaration.physical import bucket_name
from components.site import SitePlan
from tests.components.declarations import stacks

ROLE = "arn:aws:iam::111122223333:role/{}"
OPERATORS = {"StringEquals": lambda given, wanted: given == wanted, "Bool": lambda given, wanted: given == wanted}
PATTERNS = {"ArnLike": fnmatchcase, "ArnEquals": fnmatchcase}


def plan(site: str = "dublin-1") -> SitePlan[AwsSite]:
    declaration = load_declaration(stacks / "local.yaml")
    found = declaration.sites[site]
    assert isinstance(found, AwsSite)
    return SitePlan(site, found, declaration)


def may(purpose: str, who: str, action: str, **context: str) -> bool:
    """Return whether the policy of a purpose's key allows a request; ``context`` has __ for : in its keys."""
    document = key_policy(plan(), purpose, plan().declaration.keys[purpose])
    given = {key.replace("__", ":"): value for key, value in context.items()}
    return any(_allows(statement, who, action, given) for statement in document["Statement"])


def _allows(statement: dict[str, Any], who: str, action: str, given: dict[str, str]) -> bool:
    principals = next(iter(statement["Principal"].values()))
    if who not in (principals if isinstance(principals, list) else [principals]):
        return False
    if not any(fnmatchcase(action, pattern) for pattern in statement["Action"]):
        return False
    for operator, keys in statement.get("Condition", {}).items():
        matches = {**OPERATORS, **PATTERNS}[operator]
        for key, wanted in keys.items():
            values = wanted if isinstance(wanted, list) else [wanted]
            if key not in given or not any(matches(given[key], value) for value in values):
                return False
    return True


STORE, CUSTODIAN, MONITORING = (ROLE.format(f"enclave-{name}") for name in ("store", "key-custodian", "monitoring"))
THROUGH_S3 = {
    "kms__ViaService": "s3.eu-west-1.amazonaws.com",
    "kms__EncryptionContext__aws__s3__arn": "arn:aws:s3:::europe-dublin-1-store-111122223333/object",
}


def test_users_decrypt_through_the_bucket_of_their_site_only() -> None:
    assert may("store", STORE, "kms:Decrypt", **THROUGH_S3)
    assert not may("store", STORE, "kms:Decrypt")
    other = {**THROUGH_S3, "kms__EncryptionContext__aws__s3__arn": "arn:aws:s3:::europe-dublin-2-store-111122223333/x"}
    assert not may("store", STORE, "kms:Decrypt", **other)
    abroad = {**THROUGH_S3, "kms__ViaService": "s3.us-east-1.amazonaws.com"}
    assert not may("store", STORE, "kms:Decrypt", **abroad)


@pytest.mark.parametrize(
    ("site", "segment", "allowed"),
    [("dublin-1", "store", True), ("dublin-1", "monitoring", False), ("dublin-2", "store", False)],
)
def test_users_encrypt_directly_for_data_that_names_site_and_segment(site: str, segment: str, allowed: bool) -> None:
    context = {"kms__EncryptionContext__enclave__site": site, "kms__EncryptionContext__enclave__segment": segment}
    assert may("store", STORE, "kms:GenerateDataKey", **context) is allowed


def test_the_log_service_encrypts_the_sites_own_log_group_only() -> None:
    group = "arn:aws:logs:eu-west-1:111122223333:log-group:/enclave/europe/dublin-{}"
    service = "logs.eu-west-1.amazonaws.com"
    assert may("logs", service, "kms:Decrypt", kms__EncryptionContext__aws__logs__arn=group.format(1))
    assert not may("logs", service, "kms:Decrypt", kms__EncryptionContext__aws__logs__arn=group.format(2))
    assert not may("logs", service, "kms:Decrypt")


def test_volumes_are_attached_through_ec2_by_the_autoscaling_service_only() -> None:
    role = ROLE.format("aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
    through = {"kms__ViaService": "ec2.eu-west-1.amazonaws.com"}
    assert may("volumes", role, "kms:Decrypt", **through)
    assert may("volumes", role, "kms:CreateGrant", **through, kms__GrantIsForAWSResource="true")
    assert not may("volumes", role, "kms:CreateGrant", **through)
    assert not may("volumes", role, "kms:Decrypt")


def test_pseudonyms_are_made_and_checked_and_nothing_else() -> None:
    who = ROLE.format("enclave-deidentifier")
    assert may("pseudonyms", who, "kms:GenerateMac", kms__MacAlgorithm="HMAC_SHA_256")
    assert not may("pseudonyms", who, "kms:GenerateMac", kms__MacAlgorithm="HMAC_SHA_512")
    assert not may("pseudonyms", who, "kms:Decrypt", kms__MacAlgorithm="HMAC_SHA_256")
    assert not may("pseudonyms", CUSTODIAN, "kms:GenerateMac", kms__MacAlgorithm="HMAC_SHA_256")


VAULT = {"kms__EncryptionContext__enclave__vault": "tokens"}


def test_who_seals_vaults_opens_none_and_who_opens_them_seals_none() -> None:
    sealer, opener = ROLE.format("enclave-deidentifier"), ROLE.format("enclave-token-opener")
    assert may("tokens", sealer, "kms:GenerateDataKey", **VAULT)
    assert may("tokens", opener, "kms:Decrypt", **VAULT)
    assert not may("tokens", sealer, "kms:GenerateDataKey")
    assert not may("tokens", opener, "kms:Decrypt", kms__EncryptionContext__enclave__vault="store")
    for who, action in ((sealer, "kms:Decrypt"), (opener, "kms:GenerateDataKey"), (opener, "kms:Encrypt")):
        assert not may("tokens", who, action, **VAULT)


@pytest.mark.parametrize("purpose", ["store", "logs", "volumes", "pseudonyms", "tokens"])
def test_custodians_administer_every_key_and_use_none(purpose: str) -> None:
    assert may(purpose, CUSTODIAN, "kms:PutKeyPolicy")
    context = {**THROUGH_S3, "kms__EncryptionContext__enclave__site": "dublin-1"}
    for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:GenerateMac", "kms:ReplicateKey"):
        assert not may(purpose, CUSTODIAN, action, **context)


def test_seeded_bug_a_statement_without_its_condition_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from components.aws import key_policy as module  # noqa: PLC0415 (patched here only)

    monkeypatch.setattr(module, "_bound", lambda sid, principal, actions, **_: module._allow(sid, principal, actions))
    assert may("store", STORE, "kms:Decrypt")
    assert may("logs", "logs.eu-west-1.amazonaws.com", "kms:Decrypt")


def test_a_keys_segments_are_those_that_may_hold_its_data() -> None:
    keys = plan().declaration.keys
    assert segments_of(plan(), keys["store"]) == ["app", "store"]
    assert segments_of(plan(), keys["logs"]) == ["monitoring"]


def test_a_service_is_called_as_in_its_partition() -> None:
    assert dns_suffix("eu-west-1") == "amazonaws.com"
    assert dns_suffix("eusc-de-east-1") == "amazonaws.eu"
    assert dns_suffix("cn-north-1") == "amazonaws.com.cn"


def test_a_bucket_refuses_what_another_key_would_encrypt() -> None:
    name = bucket_name(plan().declaration, plan().name, plan().site.account, "store")
    assert name == "europe-dublin-1-store-111122223333"
    statements = {one["Sid"]: one for one in bucket_policy("aws", name)["Statement"]}
    assert {one["Effect"] for one in statements.values()} == {"Deny"}
    assert statements["KmsOnly"]["Condition"] == {
        "StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}
    }
    assert statements["NoKeysOfSenders"]["Condition"] == {
        "Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}
    }
