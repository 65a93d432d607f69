"""A stack whose state or secrets lie abroad is not planned: no pack could see it (E129)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from enclave_policies.law.folder import load_law

from console.gate.state_home import refused_home, refused_homes

if TYPE_CHECKING:
    from pathlib import Path

approved = (
    "file://./state",
    "file://~",
    "s3://enclave-state?region=eu-west-1",
    "awskms://alias/enclave?region=eu-west-1",
    "awskms:///arn:aws:kms:eu-west-1:111122223333:key/1111aaaa?context_stack=local",
    "https://pulumi.hamar.example",
)
abroad = (
    ("https://api.pulumi.com", "'api.pulumi.com', which is not the enclave's"),
    ("s3://enclave-state?region=us-east-1", "us-east-1 (Northern Virginia"),
    ("s3://enclave-state", "does not say its region"),
    ("s3://enclave-state?region=eu-west-1&endpoint=minio.example.net", "minio.example.net"),
    ("awskms://alias/enclave?region=eu-west-2", "London"),
    ("awskms:///arn:aws:kms:us-east-1:111122223333:key/1111aaaa", "us-east-1"),
    ("gs://enclave-state", "of a kind that nobody has approved (gs)"),
    ("azurekeyvault://vault.vault.azure.net/keys/k", "azurekeyvault"),
    ("nonsense", "no address"),
)


@pytest.mark.parametrize("url", approved)
def test_state_at_home_is_accepted(url: str) -> None:
    assert refused_home(url, load_law()) is None


@pytest.mark.parametrize(("url", "words"), abroad)
def test_e129_state_abroad_is_refused_and_named(url: str, words: str) -> None:
    assert words in str(refused_home(url, load_law()))


def write(folder: Path, project: str = "name: enclave\n", stack: str = "config: {}\n") -> Path:
    (folder / "stacks").mkdir()
    (folder / "Pulumi.yaml").write_text(project)
    (folder / "stacks" / "Pulumi.local.yaml").write_text(stack)
    return folder


def problems(folder: Path, **environment: str) -> str:
    found = refused_homes(folder, "local", {"PULUMI_HOME": str(folder / "home"), **environment}, load_law())
    return "\n".join(str(problem) for problem in found)


def test_the_environment_comes_before_the_project(tmp_path: Path) -> None:
    folder = write(tmp_path, "name: enclave\nbackend: {url: https://api.pulumi.com}\n")
    assert problems(folder, PULUMI_BACKEND_URL="file://state") == ""
    assert "Pulumi.yaml:2:" in problems(folder)


def test_the_last_login_counts_where_nothing_else_is_said(tmp_path: Path) -> None:
    folder = write(tmp_path)
    assert "nobody has said where the state is kept" in problems(folder)
    (folder / "home").mkdir()
    (folder / "home" / "credentials.json").write_text('{"current": "https://api.pulumi.com"}')
    assert "api.pulumi.com" in problems(folder)


def test_a_key_abroad_is_named_with_its_line(tmp_path: Path) -> None:
    folder = write(tmp_path, stack="config: {}\nsecretsprovider: awskms://alias/k?region=us-east-1\n")
    said = problems(folder, PULUMI_BACKEND_URL="file://state")
    assert "Pulumi.local.yaml:2:" in said
    assert "us-east-1 (Northern Virginia" in said
