"""A run needs the secrets of where its state, its secrets and its sites are, and no others."""

from __future__ import annotations

import pytest

from console.ci.needs import Homes, Need, needs_of
from console.ci.surroundings import missing

FILE = "file:///state"
S3 = "s3://enclave-state?region=eu-west-1"
KMS = "awskms://alias/enclave?region=eu-west-1"
SERVICE = "https://pulumi.hamar.example"


@pytest.mark.parametrize(
    ("homes", "aws_sites", "secrets", "needs"),
    [
        (Homes(None), False, True, [Need.BACKEND, Need.PASSPHRASE]),
        (Homes(FILE), True, True, [Need.BACKEND, Need.PASSPHRASE, Need.AWS]),
        (Homes(FILE, "passphrase"), False, False, [Need.BACKEND]),
        (Homes(S3), False, False, [Need.BACKEND, Need.AWS]),
        (Homes(FILE, KMS), False, True, [Need.BACKEND, Need.AWS]),
        (Homes(SERVICE), False, True, [Need.BACKEND, Need.TOKEN]),
        (Homes(SERVICE, "passphrase"), False, True, [Need.BACKEND, Need.TOKEN, Need.PASSPHRASE]),
    ],
)
def test_needs_follow_from_the_places(homes: Homes, aws_sites: bool, secrets: bool, needs: list[Need]) -> None:
    assert list(needs_of(homes, aws_sites=aws_sites, secrets=secrets)) == needs


def test_an_empty_secret_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
    assert missing([Need.PASSPHRASE], Homes(FILE)) == (Need.PASSPHRASE,)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "x")
    assert missing([Need.PASSPHRASE], Homes(FILE)) == ()


def test_a_passphrase_may_stand_in_a_file_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", "nowhere")
    assert missing([Need.PASSPHRASE], Homes(FILE)) == (Need.PASSPHRASE,)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", __file__)
    assert missing([Need.PASSPHRASE], Homes(FILE)) == ()
