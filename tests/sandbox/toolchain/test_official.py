"""An official Pulumi on PATH wins; one that cannot be used is refused with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.toolchain.official import search
from tests.sandbox.toolchain.fakes import fake_pulumi, script

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all there is on PATH, with a language host in it."""
    folder = tmp_path / "official"
    script(folder / "pulumi-language-python", "#!/bin/sh\n")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("ENCLAVE_SANDBOX", raising=False)
    return folder


@pytest.mark.parametrize("version", ["v3.249.0", "v3.259.0", "3.300.1", "v4.0.0"])
def test_an_official_pulumi_that_is_new_enough_wins(folder: Path, version: str) -> None:
    pulumi = fake_pulumi(folder, version)
    found = search().found
    assert found is not None
    assert (found.pulumi, found.version) == (pulumi, version.removeprefix("v"))
    assert found.language_host == folder / "pulumi-language-python"


@pytest.mark.parametrize("version", ["v3.248.9", "v3.99.0", "v2.300.0"])
def test_one_that_is_too_old_is_refused_with_the_limit_and_the_remedy(folder: Path, version: str) -> None:
    pulumi = fake_pulumi(folder, version)
    result = search()
    assert result.found is None
    assert result.reason == (f"{pulumi} is {version[1:]}, older than 3.249.0, so it is not used: update it to use it")


def test_one_without_a_language_host_is_refused(folder: Path) -> None:
    fake_pulumi(folder, "v3.259.0")
    (folder / "pulumi-language-python").unlink()
    result = search()
    assert result.found is None
    assert "has no pulumi-language-python on PATH" in (result.reason or "")


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho hello\n", "no program at all"])
def test_a_pulumi_that_does_not_tell_its_version_is_refused(folder: Path, text: str) -> None:
    script(folder / "pulumi", text)
    result = search()
    assert result.found is None
    assert "does not answer `pulumi version`" in (result.reason or "")


def test_no_pulumi_at_all_is_no_reason_for_a_word(folder: Path) -> None:
    assert (folder / "pulumi").exists() is False
    assert search().reason is None


def test_our_own_build_is_never_taken_for_an_official_one(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = fake_pulumi(tmp_path / "cache" / "tools", "v3.259.0")
    (folder / "pulumi").symlink_to(ours)
    assert search((tmp_path / "cache",)).found is None
    assert search().found is not None  # the seeded bug: without the cache's name it would be taken
    monkeypatch.setenv("ENCLAVE_SANDBOX", str(folder))
    assert search().found is None
