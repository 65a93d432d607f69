"""Inspectors sign by keys that leave no token and no KMS; what is approved so counts like any other."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest

from tests.approving import INSPECTOR
from tests.console.approvals.project import STACK

if TYPE_CHECKING:
    import subprocess

    from tests.console.approvals.project import Project
    from tests.hosts.key_plugin.bench import Bench
    from tests.sandbox.aws_plugin.local_aws import LocalAws

EXPIRES = (datetime.now(UTC).date() + timedelta(60)).isoformat()
PROGRAM = """
import pathlib, sys
import pkcs11
from pkcs11.util.ec import encode_named_curve_parameters
library, token, pin = sys.argv[1:]
pin = pathlib.Path(pin).read_text().strip()
with pkcs11.lib(library).get_token(token_label=token).open(rw=True, user_pin=pin) as s:
    curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    made = s.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
    made.generate_keypair(store=True, label="inspector")
"""


def sign(project: Project, key: str) -> subprocess.CompletedProcess[str]:
    return project.enclave("inspect", "sign", STACK, "--as", INSPECTOR, "--key", key, "--expires", EXPIRES)


def approved_by(project: Project, key: str) -> None:
    """Sign by a key that the law does not list, list it as the refusal says, and sign again."""
    refused = sign(project, key)
    assert refused.returncode == 2, refused.stderr
    named = re.search(r"its public half is (MFkw\S+)", refused.stderr)
    assert named, refused.stderr
    project.lists({"held-elsewhere": {"public": named[1]}})
    project.commit()
    done = sign(project, key)
    assert done.returncode == 0, done.stderr
    verified = project.enclave("inspect", "verify", STACK)
    assert verified.returncode == 0, verified.stdout
    assert "(key held-elsewhere; commit " in verified.stdout
    file = project.approvals()[0]
    file.write_bytes(file.read_bytes().replace(b'"sig": "ME', b'"sig": "MU', 1))
    assert project.enclave("inspect", "verify", STACK).returncode == 1


def test_a_key_on_a_token_signs(project: Project, bench: Bench) -> None:
    made = bench.run(sys.executable, "-c", PROGRAM, str(bench.library), "bench", str(bench.pin))
    assert made.returncode == 0, made.stderr
    approved_by(project, f"pkcs11:token=bench;object=inspector?module-path={bench.library}&pin-source={bench.pin}")


def test_a_key_in_kms_signs(project: Project, aws: LocalAws) -> None:
    kms = boto3.client("kms", endpoint_url=aws.url, region_name="eu-west-1")
    made = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    approved_by(project, f"awskms:{made}")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("pkcs11:token=bench", "is not pkcs11:token=LABEL;object=KEY?module-path=LIBRARY&pin-source=FILE"),
        ("pkcs11:token=a;object=b?module-path=/no.so&pin-source=/no", "the token does not give the key b"),
        ("awskms:alias/nothing", "KMS does not give the key awskms:alias/nothing"),
    ],
)
def test_a_key_that_is_not_there_is_bad_input(project: Project, aws: LocalAws, key: str, message: str) -> None:
    assert aws.url
    done = sign(project, key)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_encrypting_key_in_kms_is_none_to_sign_by(project: Project, aws: LocalAws) -> None:
    kms = boto3.client("kms", endpoint_url=aws.url, region_name="eu-west-1")
    done = sign(project, f"awskms:{kms.create_key()['KeyMetadata']['KeyId']}")
    assert done.returncode == 2
    assert "name a P-256 key to sign by" in done.stderr
