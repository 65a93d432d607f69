"""A state file that cannot be read: the last good copy takes its place, and nothing is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from console.gate.recover.copies import broken, folder_of, half_written, restore

if TYPE_CHECKING:
    from pathlib import Path

STACK = {"urn": "urn:pulumi:local::enclave::pulumi:pulumi:Stack::enclave-local", "type": "pulumi:pulumi:Stack"}


def checkpoint(*entries: dict[str, object]) -> str:
    """Return a state file's text."""
    manifest = {"time": "2026-11-29T00:00:00Z", "magic": "", "version": "v3.259.0"}
    return json.dumps({"version": 3, "checkpoint": {"latest": {"manifest": manifest, "resources": list(entries)}}})


GOOD = checkpoint({**STACK, "custom": False})
ORPHAN = checkpoint({**STACK, "custom": False, "parent": "urn:pulumi:local::enclave::a:b:C::nobody"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of state files, with a good one."""
    made = tmp_path / ".pulumi" / "stacks" / "enclave"
    made.mkdir(parents=True)
    (made / "local.json").write_text(GOOD)
    return made


def test_a_good_state_is_left_alone(tmp_path: Path, folder: Path) -> None:
    assert folder
    assert broken(tmp_path, "enclave", "local") is None


def test_a_stack_that_was_never_updated_is_good(tmp_path: Path, folder: Path) -> None:
    (folder / "local.json").write_text('{"version": 3, "checkpoint": {"stack": "x", "latest": null}}')
    assert broken(tmp_path, "enclave", "local") is None


def test_no_state_is_no_broken_one(tmp_path: Path) -> None:
    assert broken(tmp_path, "enclave", "local") is None
    assert half_written(tmp_path, "enclave", "local") == ()


@pytest.mark.parametrize("text", ["", GOOD[:-20], "[]", "{}", '{"version": 3, "checkpoint": 7}', ORPHAN])
def test_the_file_before_its_last_change_takes_the_place_of_a_broken_one(
    tmp_path: Path, folder: Path, text: str
) -> None:
    (folder / "local.json").write_text(text)
    (folder / "local.json.bak").write_text(GOOD)
    found = broken(tmp_path, "enclave", "local")
    assert found is not None
    assert found.copy == folder / "local.json.bak"
    aside = restore(found)
    assert (folder / "local.json").read_text() == GOOD
    assert aside.read_text() == text, "the broken one is kept"
    assert broken(tmp_path, "enclave", "local") is None


def test_the_newest_good_copy_is_taken(tmp_path: Path, folder: Path) -> None:
    history = tmp_path / ".pulumi" / "history" / "enclave" / "local"
    history.mkdir(parents=True)
    for number, text in enumerate((GOOD, GOOD, "{")):
        (history / f"local-{number}.checkpoint.json").write_text(text)
    (folder / "local.json").write_text("{")
    (folder / "local.json.bak").write_text("{")
    found = broken(tmp_path, "enclave", "local")
    assert found is not None
    assert found.copy == history / "local-1.checkpoint.json"


def test_without_a_good_copy_nothing_is_touched(tmp_path: Path, folder: Path) -> None:
    (folder / "local.json").write_text("{")
    found = broken(tmp_path, "enclave", "local")
    assert found is not None
    assert found.copy is None
    with pytest.raises(ValueError, match="no copy"):
        restore(found)
    assert (folder / "local.json").read_text() == "{"


def test_notes_and_files_that_the_engine_had_not_finished_are_found(tmp_path: Path, folder: Path) -> None:
    (folder / "local.json.attrs").write_text("")
    (folder / "local.json.bak.attrs").write_text("{}")
    (folder / "local.json.18ec8045e035d09b.tmp").write_text(GOOD)
    (folder / "other.json.attrs").write_text("")
    found = {file.name for file in half_written(tmp_path, "enclave", "local")}
    assert found == {"local.json.attrs", "local.json.18ec8045e035d09b.tmp"}


@pytest.mark.parametrize(
    ("backend", "expected"),
    [("file:///a/b", "/a/b"), ("file://~", "~"), ("file:///a%20b", "/a b"), ("s3://bucket", None), ("", None)],
)
def test_only_a_backend_of_files_has_a_folder(backend: str, expected: str | None) -> None:
    assert folder_of(backend) == expected
