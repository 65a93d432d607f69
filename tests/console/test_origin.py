"""A record says from which repository a commit comes, and carries no credential of whoever cloned it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from console.inspect.source import origin_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("remote", "told"),
    [
        ("https://code.example/team/enclave.git", "https://code.example/team/enclave.git"),
        ("https://bot:hunter2@code.example:8443/enclave?token=hunter2#hunter2", "https://code.example:8443/enclave"),
        ("https://hunter2@code.example/enclave", "https://code.example/enclave"),
        ("git@code.example:team/enclave.git", "ssh://code.example/team/enclave.git"),
        ("ssh://git@code.example/enclave", "ssh://code.example/enclave"),
        ("/somewhere/on/this/machine", ""),
        ("../beside", ""),
        ("file:///somewhere", ""),
        ("https://[broken", ""),
        ("https://code.example:port/enclave", ""),
    ],
)
def test_the_origin_is_told_without_credentials(remote: str, told: str, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)  # noqa: S607
    subprocess.run(["git", "-C", str(tmp_path), "config", "remote.origin.url", remote], check=True)  # noqa: S607
    assert origin_of(tmp_path) == told


def test_a_folder_that_no_repository_holds_has_no_origin(tmp_path: Path) -> None:
    assert origin_of(tmp_path) == ""
