"""A cache entry's key: the same sources and flags give the same tool, anything else another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sandbox.toolchain.key import key
from tests.sandbox.toolchain.fakes import greeter

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["go.mod", "go.sum", "main.go"])
def test_a_changed_source_changes_the_key(tmp_path: Path, name: str) -> None:
    tool = greeter(tmp_path)
    before = key(tool)
    (tmp_path / name).write_text((tmp_path / name).read_text() + "\n")
    assert key(tool) != before


def test_a_new_source_changes_the_key(tmp_path: Path) -> None:
    tool = greeter(tmp_path)
    before = key(tool)
    (tmp_path / "more.go").write_text("package main\n")
    assert key(tool) != before


def test_content_moved_between_two_sources_changes_the_key(tmp_path: Path) -> None:
    tool = greeter(tmp_path)
    (tmp_path / "a.go").write_text("xy")
    (tmp_path / "b.go").write_text("z")
    before = key(tool)
    (tmp_path / "a.go").write_text("x")
    (tmp_path / "b.go").write_text("yz")
    assert key(tool) != before


def test_changed_flags_change_the_key(tmp_path: Path) -> None:
    tool = greeter(tmp_path)
    assert len({key(tool), key(replace(tool, ldflags=("-X a=b",))), key(replace(tool, gcflags=""))}) == 3


def test_a_second_clone_has_the_same_key(tmp_path: Path) -> None:
    assert key(greeter(tmp_path / "one")) == key(greeter(tmp_path / "two"))


def test_a_new_estimate_of_the_time_or_an_unrelated_file_builds_nothing_again(tmp_path: Path) -> None:
    tool = greeter(tmp_path)
    before = key(tool)
    (tmp_path / "README.md").write_text("words")
    assert key(replace(tool, minutes=9)) == before
