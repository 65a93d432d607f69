"""The table of encryption knows every type of the installed SDK, and says what nobody has judged."""

from __future__ import annotations

import re

import pytest
from enclave_policies.catalog.encryption import CLASSES
from enclave_policies.catalog.stored import read_catalog
from enclave_policies.catalog.tables.complete import unjudged_keys
from enclave_policies.catalog.tables.key_looks import key_like
from enclave_policies.catalog.tables.sdk_type import SdkType
from enclave_policies.sdk.generate import FOLDER, sdk
from enclave_policies.sdk.keys import coverage_lines, measure

TABLE = read_catalog(FOLDER).encryption
TEXT = "s"


def thing(*inputs: str) -> dict[str, SdkType]:
    return {
        "aws:new/thing:Thing": SdkType(
            "aws:new/thing:Thing", component=False, region="none", inputs=dict.fromkeys(inputs, TEXT)
        )
    }


def test_every_type_and_every_key_like_input_of_the_installed_sdk_is_judged() -> None:
    found = measure(TABLE, sdk("aws"))
    assert list(unjudged_keys(TABLE, sdk("aws"))) == []
    assert found.types == sum(found.classes.values()) == len(sdk("aws")) >= 1748
    assert all(found.classes[kind] for kind in CLASSES)
    assert found.key_like > 400


def test_the_coverage_is_printed_by_class() -> None:
    lines = list(coverage_lines(measure(TABLE, sdk("aws"))))
    assert re.fullmatch(r"encryption at rest: ([\d,]+)/\1 AWS types classified", lines[0])
    assert [line for line in lines if " cannot: " in line]


@pytest.mark.parametrize(
    "path",
    ["kmsKeyId", "store.kmsKeyArn", "cmkArn", "customerManagedKey", "encrypted", "sseType", "s3SseAlgorithm", "keyId"],
)
def test_seeded_bug_an_upgrade_that_brings_a_key_is_told_until_somebody_judges_it(path: str) -> None:
    assert "aws:new/thing:Thing is new" in " ".join(unjudged_keys(TABLE, thing(path)))
    (told,) = unjudged_keys({"aws:new/thing:Thing": TABLE["aws:ec2/vpc:Vpc"]}, thing(path, "colour"))
    assert told.startswith(f"aws:new/thing:Thing has an input {path} that looks like a key")


def test_encryption_on_the_way_and_plain_names_are_no_keys() -> None:
    (found,) = thing(
        "transitEncryptionEnabled", "encryptionInTransit.clientBroker", "apiKeyName", "assetType", "keyName"
    ).values()
    assert list(key_like(found)) == []


def test_surprising_types_are_judged_as_the_services_document_it() -> None:
    kinds = {
        "aws:rds/clusterInstance:ClusterInstance": "inherits",
        "aws:ebs/snapshot:Snapshot": "inherits",
        "aws:glacier/vault:Vault": "cannot",
        "aws:ec2/launchConfiguration:LaunchConfiguration": "cannot",
        "aws:cognito/userPool:UserPool": "cannot",
        "aws:s3/bucket:Bucket": "encrypts",
        "aws:kms/key:Key": "no-data",
        "aws:ec2/vpc:Vpc": "no-data",
    }
    assert {token: TABLE[token].kind for token in kinds} == kinds
