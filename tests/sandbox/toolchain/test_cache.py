"""The cache of finished tools: complete or not there, whatever happens to the set-up that makes them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from sandbox.toolchain.cache import MANIFEST, Cache, damage, default_root
from sandbox.toolchain.errors import ToolchainError
from sandbox.toolchain.key import key
from sandbox.toolchain.progress import Progress
from sandbox.toolchain.provide import build_missing, ensure_tool
from tests.sandbox.toolchain.fakes import builds, fake_go, greeter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Wait = Callable[[Callable[[], bool]], None]

_ANOTHER_SETUP = """
import io, pathlib, sys
from sandbox.toolchain.cache import Cache
from sandbox.toolchain.provide import ensure_tool
from sandbox.toolchain.progress import Progress
from tests.sandbox.toolchain.fakes import fake_go, greeter
root = pathlib.Path(sys.argv[1])
with Progress(io.StringIO(), live=False) as progress:
    ensure_tool(greeter(root / "tool"), Cache(root / "cache"), fake_go(root / "go"), progress)
"""


def another_setup(root: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _ANOTHER_SETUP, root], start_new_session=True)


def build(root: Path) -> Path:
    with Progress(StringIO(), live=False) as progress:
        return ensure_tool(greeter(root / "tool"), Cache(root / "cache"), fake_go(root / "go"), progress)


def test_a_built_tool_runs_and_is_built_once(tmp_path: Path) -> None:
    entry = build(tmp_path)
    assert build(tmp_path) == entry
    assert builds(tmp_path / "go") == 1
    assert subprocess.run([entry / "greeter"], capture_output=True, text=True, check=True).stdout == "hello\n"


def kill_in_the_middle_of_a_build(root: Path, wait: Wait) -> None:
    (root / "go").mkdir()
    (root / "go" / "hang").touch()
    setup = another_setup(root)
    wait(lambda: any(path.read_text() == "half" for path in root.rglob("programs/greeter")))
    os.killpg(setup.pid, signal.SIGKILL)
    setup.wait()
    (root / "go" / "hang").unlink()


def test_a_killed_build_leaves_nothing_usable_and_the_next_one_succeeds(tmp_path: Path, wait: Wait) -> None:
    kill_in_the_middle_of_a_build(tmp_path, wait)
    cache, tool = Cache(tmp_path / "cache"), greeter(tmp_path / "tool")
    assert damage(cache.entry(tool.name, key(tool)), tool.products) is not None
    entry = build(tmp_path)
    assert damage(entry, tool.products) is None
    assert list((tmp_path / "cache" / "partial").iterdir()) == []


def test_seeded_bug_a_half_written_tool_in_its_final_place_is_caught(tmp_path: Path) -> None:
    """A builder that writes straight into the entry would leave this after a kill."""
    cache, tool = Cache(tmp_path / "cache"), greeter(tmp_path / "tool")
    entry = cache.entry(tool.name, key(tool))
    entry.mkdir(parents=True)
    (entry / "greeter").write_text("half")
    (entry / "greeter").chmod(0o755)
    assert damage(entry, tool.products) is not None
    build(tmp_path)
    assert damage(entry, tool.products) is None


def test_two_setups_at_once_build_once_and_both_get_the_tool(tmp_path: Path, wait: Wait) -> None:
    (tmp_path / "go").mkdir()
    (tmp_path / "go" / "hang").touch()
    setups = [another_setup(tmp_path), another_setup(tmp_path)]
    wait(lambda: builds(tmp_path / "go") > 0)
    time.sleep(0.5)  # the second one's chance to build too
    (tmp_path / "go" / "hang").unlink()
    assert [setup.wait(timeout=20) for setup in setups] == [0, 0]
    assert builds(tmp_path / "go") == 1


def shorten(entry: Path) -> None:
    (entry / "greeter").write_text("#!/bin/sh\n")


def swap_content(entry: Path) -> None:
    text = (entry / "greeter").read_text()
    (entry / "greeter").write_text(text.replace("hello", "hullo"))


def take_away_the_right_to_run(entry: Path) -> None:
    (entry / "greeter").chmod(0o644)


def remove_the_program(entry: Path) -> None:
    (entry / "greeter").unlink()


def break_the_manifest(entry: Path) -> None:
    (entry / MANIFEST).write_text("{")


def empty_the_manifest(entry: Path) -> None:
    manifest = json.loads((entry / MANIFEST).read_text())
    (entry / MANIFEST).write_text(json.dumps({**manifest, "files": {}}))


@pytest.mark.parametrize(
    "spoil",
    [
        shorten,
        swap_content,
        take_away_the_right_to_run,
        remove_the_program,
        break_the_manifest,
        empty_the_manifest,
    ],
)
def test_a_damaged_tool_is_noticed_and_built_again(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    entry = build(tmp_path)
    spoil(entry)
    tool = greeter(tmp_path / "tool")
    assert damage(entry, tool.products) is not None
    build(tmp_path)
    assert damage(entry, tool.products, thorough=True) is None
    assert builds(tmp_path / "go") == 2


def test_other_content_of_the_same_size_and_time_is_noticed_by_a_thorough_look(tmp_path: Path) -> None:
    entry = build(tmp_path)
    before = (entry / "greeter").stat()
    swap_content(entry)
    os.utime(entry / "greeter", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert damage(entry, ("greeter",)) is None
    assert damage(entry, ("greeter",), thorough=True) == "greeter has other content than was built"


def test_a_copied_cache_is_used_although_the_times_differ(tmp_path: Path) -> None:
    entry = build(tmp_path)
    os.utime(entry / "greeter")
    assert damage(entry, ("greeter",)) is None


def test_a_failing_build_shows_its_last_lines_the_log_and_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = fake_go(tmp_path / "go")
    (tmp_path / "go" / "fail").write_text("main.go:3: undefined: hello")
    monkeypatch.setenv("PATH", str(tmp_path / "go"), prepend=os.pathsep)
    with pytest.raises(ToolchainError) as caught, Progress(StringIO(), live=False) as progress:
        build_missing((greeter(tmp_path / "tool"),), Cache(tmp_path / "cache"), progress)
    message = str(caught.value)
    assert "building greeter v1 failed with go1.26.8" in message
    assert "main.go:3: undefined: hello" in message
    log = next((tmp_path / "cache" / "logs").glob("greeter-*-build.log"))
    assert str(log) in message
    assert "undefined: hello" in log.read_text()
    assert "then run the same command again" in message
    assert go.path.exists()


def test_pruning_keeps_the_tools_and_waits_for_no_running_build(tmp_path: Path) -> None:
    entry, cache = build(tmp_path), Cache(tmp_path / "cache")
    (cache.root / "go" / "build").mkdir(parents=True)
    with cache.locked("greeter", "any"):
        assert cache.prune() is False
    assert (cache.root / "go").exists()
    assert cache.prune() is True
    assert not (cache.root / "go").exists()
    assert damage(entry, ("greeter",), thorough=True) is None


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"ENCLAVE_CACHE": "/a/b", "XDG_CACHE_HOME": "/x"}, "/a/b"),
        ({"XDG_CACHE_HOME": "/x"}, "/x/enclave"),
        ({"HOME": "/home/ada"}, "/home/ada/.cache/enclave"),
    ],
)
def test_the_cache_lies_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    for name in ("ENCLAVE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert str(default_root()) == expected
