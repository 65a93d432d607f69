"""Keys of runs come from an HSM or from AWS KMS, and without one nothing leaves."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from hosts.deidentify.errors import UnavailableError
from hosts.deidentify.hsm import Hsm
from hosts.deidentify.keys import Kms, StandIn, run_key
from tests.hosts.key_plugin.bench import LABEL, Bench
from tests.hosts.key_plugin.conftest import bench, library
from tests.hosts.watch.conftest import aws, moto

if TYPE_CHECKING:
    from tests.hosts.deidentify.desk import Desk
    from tests.sandbox.aws_plugin.local_aws import LocalAws

__all__ = ["aws", "bench", "library", "moto"]  # fixtures of the neighbours
NORA = {"user": "nora", "phone": "nora"}


def test_each_purpose_recipient_and_epoch_has_a_key_of_its_own() -> None:
    asked = [("a", "b", "c"), ("ab", "", "c"), ("a", "bc", ""), ("a", "c", "b"), ("", "ab", "c")]
    keys = {run_key(StandIn(), *one) for one in asked}
    assert len(keys) == len(asked)
    assert run_key(StandIn(), "a", "b", "c") in keys


def kms_key(region: str, usage: str = "GENERATE_VERIFY_MAC", spec: str = "HMAC_256") -> str:
    client: Any = boto3.client("kms", region_name=region)
    return str(client.create_key(KeyUsage=usage, KeySpec=spec)["KeyMetadata"]["Arn"])


def test_kms_makes_the_key_of_a_run_and_another_key_makes_another(desk: Desk, aws: LocalAws) -> None:
    del aws
    one, another = kms_key("eu-west-1"), kms_key("eu-west-1")
    found = []
    for number, arn in enumerate((one, another)):
        answer = desk.run([NORA], epoch=f"w{number}", key=["--kms", arn, "--region", "eu-west-1"])
        assert (answer.code, answer.wrong) == (0, "")
        found.append(answer.records[0]["user"])
    assert found[0] != found[1]
    key = Kms(one, "eu-west-1")
    assert run_key(key, "a", "b", "c") == run_key(key, "a", "b", "c") != run_key(key, "a", "b", "d")


def test_a_host_makes_the_key_as_another_role_of_its_account(aws: LocalAws) -> None:
    del aws
    arn = kms_key("eu-west-1")
    iam: Any = boto3.client("iam", region_name="eu-west-1")
    iam.create_role(RoleName="enclave-deidentifier", AssumeRolePolicyDocument="{}")
    as_role = Kms(arn, "eu-west-1", "enclave-deidentifier")
    assert run_key(as_role, "a", "b", "c") == run_key(Kms(arn, "eu-west-1"), "a", "b", "c")


@pytest.mark.parametrize("wrong", ["no such key", "a key that encrypts"])
def test_without_a_key_in_kms_nothing_leaves(desk: Desk, aws: LocalAws, wrong: str) -> None:
    del aws
    arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    if wrong == "a key that encrypts":
        arn = kms_key("eu-west-1", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT")
    answer = desk.run([NORA], key=["--kms", arn, "--region", "eu-west-1"])
    assert answer.code == 3
    assert "AWS KMS makes no code" in answer.wrong
    assert answer.output == ""


def secret_on(bench: Bench, *, leaves: bool = False, value: bytes = b"k" * 32) -> None:
    """Put a secret key whose value the test knows on the token; a real one is made there and known to nobody."""
    from pkcs11 import Attribute, KeyType, ObjectClass  # noqa: PLC0415  after the skip where there is no library

    token = bench.vault(writable=True).token
    made = {
        Attribute.CLASS: ObjectClass.SECRET_KEY,
        Attribute.KEY_TYPE: KeyType.GENERIC_SECRET,
        Attribute.LABEL: "pseudonyms",
        Attribute.VALUE: value,
        Attribute.TOKEN: True,
        Attribute.SIGN: True,
        Attribute.SENSITIVE: True,
        Attribute.EXTRACTABLE: leaves,
    }
    token.run(lambda session: session.create_object(made))
    bench.close()


def test_an_hsm_makes_the_same_code_as_the_standard_says(bench: Bench) -> None:
    secret_on(bench)
    key = Hsm(bench.library, LABEL, "pseudonyms", bench.pin)
    assert key.mac(b"message") == hmac.digest(b"k" * 32, b"message", hashlib.sha256)


def test_an_hsm_makes_the_key_of_a_run(desk: Desk, bench: Bench) -> None:
    secret_on(bench)
    way = ["--module", bench.library, "--token", LABEL, "--key", "pseudonyms", "--pin-file", bench.pin]
    answer = desk.run([NORA, NORA], key=way)
    assert (answer.code, answer.wrong) == (0, "")
    first, second = answer.records
    assert first == second
    assert first["user"] != first["phone"]


@pytest.mark.parametrize("wrong", ["no such key", "a key that can leave", "no pin"])
def test_without_a_key_that_stays_in_the_hsm_nothing_leaves(desk: Desk, bench: Bench, wrong: str) -> None:
    if wrong != "no such key":
        secret_on(bench, leaves=wrong == "a key that can leave")
    if wrong == "no pin":
        bench.pin.unlink()
    way = ["--module", bench.library, "--token", LABEL, "--key", "pseudonyms", "--pin-file", bench.pin]
    answer = desk.run([NORA], key=way)
    assert answer.code == 3
    assert answer.output == ""


def test_a_code_of_another_length_is_no_key() -> None:
    class Short:
        def mac(self, message: bytes) -> bytes:
            return message[:16]

    with pytest.raises(UnavailableError, match="16 bytes"):
        run_key(Short(), "statistics", "lab", "w48")
