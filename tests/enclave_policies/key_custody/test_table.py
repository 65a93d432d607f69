"""The table of encryption knows every type of the installed SDK, and says what nobody has judged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from enclave_policies.catalog.encryption import CLASSES, Condition, Named, read_encryption
from enclave_policies.sdk.generate import sdk
from enclave_policies.sdk.keys import FOLDER, coverage_lines, gaps, key_like, measure
from enclave_policies.sdk.source import SdkType

from located_yaml import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "pulumi.Input[_builtins.str]"


def thing(*inputs: str) -> dict[str, SdkType]:
    return {
        "aws:new/thing:Thing": SdkType(
            "aws:new/thing:Thing", component=False, region="none", inputs=dict.fromkeys(inputs, TEXT)
        )
    }


def test_every_type_and_every_key_like_input_of_the_installed_sdk_is_judged() -> None:
    found = measure()
    assert found.unknown == ()
    assert found.types == sum(found.classes.values()) == len(sdk("aws")) >= 1748
    assert all(found.classes[kind] for kind in CLASSES)
    assert found.key_like > 400


def test_the_coverage_is_printed_by_class() -> None:
    lines = list(coverage_lines(measure()))
    assert re.fullmatch(r"encryption at rest: ([\d,]+)/\1 AWS types classified", lines[0])
    assert lines[-1] == "0 unknown"
    assert [line for line in lines if " cannot: " in line]


@pytest.mark.parametrize(
    "path",
    ["kmsKeyId", "store.kmsKeyArn", "cmkArn", "customerManagedKey", "encrypted", "sseType", "s3SseAlgorithm", "keyId"],
)
def test_seeded_bug_an_upgrade_that_brings_a_key_is_told_until_somebody_judges_it(path: str) -> None:
    table = {**read_encryption(FOLDER)}
    assert "aws:new/thing:Thing is new" in " ".join(gaps(table, thing(path)))
    table = {"aws:new/thing:Thing": table["aws:ec2/vpc:Vpc"]}
    (told,) = gaps(table, thing(path, "colour"))
    assert told.startswith(f"aws:new/thing:Thing has an input {path} that looks like a key")


def test_encryption_on_the_way_and_plain_names_are_no_keys() -> None:
    (found,) = thing(
        "transitEncryptionEnabled", "encryptionInTransit.clientBroker", "apiKeyName", "assetType", "keyName"
    ).values()
    assert list(key_like(found)) == []


def test_what_the_table_tells_and_the_sdk_no_longer_has_is_told(tmp_path: Path) -> None:
    (tmp_path / "aws.txt").write_text(
        "aws:new/thing:Thing\n  key gone | fine\n  by aws:new/other:Other thing\naws:gone/x:X\n  no-data\n"
    )
    assert list(gaps(read_encryption(tmp_path), thing("colour"))) == [
        "aws:new/thing:Thing has no input gone, which law/encryption tells about: remove it",
        "aws:new/other:Other with an input thing, which aws:new/thing:Thing counts on, is not in the SDK: correct it",
        "aws:gone/x:X is in law/encryption and not in the SDK: remove it",
    ]


def test_a_row_says_path_absence_conditions_and_place(tmp_path: Path) -> None:
    (tmp_path / "aws.txt").write_text(
        "aws:a/b:C # a comment\n  key a.b | aws-owned | within a | unless c | elsewhere\n"
    )
    condition = Condition(within="a", unless="c")
    (known,) = read_encryption(tmp_path).values()
    assert known.keys == (Named("a.b", "aws-owned", condition, elsewhere=True),)
    assert known.paths == {"a", "a.b", "c"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("aws:a/b:C\n  key a\n", "aws.txt:2:1: 'key a' is not a row of law/encryption"),
        ("aws:a/b:C\n  key a | somehow\n", "aws.txt:2:1: 'key a | somehow' is not a row"),
        ("aws:a/b:C\n  key a | fine | around b\n", "aws.txt:2:1:"),
        ("aws:a/b:C\n  on a | fine\n", "aws.txt:2:1:"),
        ("aws:a/b:C\n  no-data at all\n", "aws.txt:2:1:"),
        ("aws:a/b:C\n  by aws:x/y:Z\n", "aws.txt:2:1:"),
        ("aws:a/b:C\n  inherits\n", "aws.txt:2:1:"),
        ("  no-data\n", "aws.txt:1:1: 'no-data' stands above all types"),
        ("aws:a/b:C aws:a/b:D\n  no-data\naws:a/b:C\n  no-data\n", "aws.txt:4:1: aws:a/b:C is told about twice"),
        ("# nothing\n", "holds no table of encryption"),
    ],
)
def test_a_row_that_is_none_is_refused_with_file_and_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "aws.txt").write_text(text)
    with pytest.raises(ProblemsError) as caught:
        read_encryption(tmp_path)
    assert problem in str(caught.value)


def test_surprising_types_are_judged_as_the_services_document_it() -> None:
    table = read_encryption(FOLDER)
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
    assert {token: table[token].kind for token in kinds} == kinds
