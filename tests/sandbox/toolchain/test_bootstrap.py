"""The first step of `make`: nothing is needed but a Python that is new enough."""

from __future__ import annotations

import ast
import fcntl
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox import bootstrap
from tests.sandbox.toolchain.fakes import script

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_python_that_is_too_old_gets_one_clear_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as caught:
        bootstrap.require_python()
    assert caught.value.code == 2
    message = capsys.readouterr().err
    assert message.startswith(f"Python 3.9.2 ({sys.executable}) is too old: 3.11 or newer is needed.\n")
    assert "make PYTHON=" in message


def test_a_newer_python_of_the_machine_takes_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "python3.13", "#!/bin/sh\nexit 127\n")  # a stub of pyenv's
    newer = script(tmp_path / "python3.12", "#!/bin/sh\n")
    taken: list[list[str]] = []

    def execute(_command: str, arguments: list[str]) -> None:
        taken.append(arguments)
        raise SystemExit(0)

    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(sys, "argv", ["bootstrap", "--tools"])
    monkeypatch.setattr(os, "execv", execute)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit):
        bootstrap.require_python()
    assert taken == [[str(newer), "-m", "sandbox.bootstrap", "--tools"]]


@pytest.mark.parametrize("name", ["bootstrap.py", "__init__.py"])
def test_an_old_python_can_read_the_file_far_enough_to_say_so(name: str) -> None:
    source = (bootstrap.ROOT / "sandbox" / name).read_text()
    tree = ast.parse(source, feature_version=(3, 7))
    modules = {node.names[0].name.split(".")[0] for node in tree.body if isinstance(node, ast.Import)}
    modules |= {(node.module or "").split(".")[0] for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert modules <= sys.stdlib_module_names
    assert "__future__" not in modules


def test_the_stamp_changes_with_any_file_and_stays_otherwise(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("1")
    second.write_text("2")
    before = bootstrap.stamp(first, second)
    assert bootstrap.stamp(first, second) == before
    second.write_text("3")
    assert bootstrap.stamp(first, second) != before


def test_a_missing_or_other_stamp_is_not_current(tmp_path: Path) -> None:
    marker = tmp_path / "stamp"
    assert not bootstrap.is_current(marker, "x")
    marker.write_text("y")
    assert not bootstrap.is_current(marker, "x")
    assert bootstrap.is_current(marker, "y") == bootstrap.PYTHON.exists()


def test_a_second_setup_in_the_same_clone_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait: Callable[[Callable[[], bool]], None]
) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    held = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    program = (
        "import pathlib, sys; from sandbox import bootstrap; bootstrap.ROOT = pathlib.Path(sys.argv[1]);"
        "bootstrap.lock_clone(); (bootstrap.ROOT / 'in').touch()"
    )
    log = tmp_path / "log"
    with log.open("w") as output:
        second = subprocess.Popen([sys.executable, "-c", program, tmp_path], stderr=output)
    wait(lambda: "another set-up is at work in this clone" in log.read_text())
    assert not (tmp_path / "in").exists()
    os.close(held)
    assert second.wait(timeout=20) == 0
    assert (tmp_path / "in").exists()
