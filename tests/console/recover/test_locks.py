"""A lock of a process that is gone is released; any other is kept and named."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from console.gate.recover.locks import locks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def lock(state: Path, **told: Any) -> None:
    """Write a lock as the engine does."""
    folder = state / ".pulumi" / "locks" / "organization" / "enclave" / "local"
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat().replace("+00:00", "123Z")  # the engine writes nanoseconds
    full = {"pid": 1, "username": "ada", "hostname": socket.gethostname(), "timestamp": now, **told}
    (folder / f"{len(list(folder.iterdir()))}.json").write_text(json.dumps(full), encoding="utf-8")


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen(["/bin/true"]) as process:
        process.wait()
    return process.pid


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[int]:
    """The number of a process that is called like the engine."""
    program = tmp_path / "pulumi"
    shutil.copy("/bin/sleep", program)
    with subprocess.Popen([program, "60"]) as process:
        yield process.pid
        process.kill()


def held(state: Path) -> list[bool]:
    """Return of each lock whether its holder is, or may be, there."""
    return [not each.dead for each in locks(state, "enclave", "local")]


def test_no_lock_is_none(tmp_path: Path) -> None:
    assert held(tmp_path) == []


def test_a_process_of_this_machine_that_is_gone_holds_nothing(tmp_path: Path, gone: int) -> None:
    lock(tmp_path, pid=gone)
    assert held(tmp_path) == [False]


def test_an_engine_that_is_at_work_holds_its_lock(tmp_path: Path, engine: int) -> None:
    lock(tmp_path, pid=engine)
    assert held(tmp_path) == [True]


def test_a_later_process_with_the_same_number_holds_nothing(tmp_path: Path, engine: int) -> None:
    lock(tmp_path, pid=engine, timestamp=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
    assert held(tmp_path) == [False]


def test_another_program_with_the_same_number_holds_nothing(tmp_path: Path) -> None:
    lock(tmp_path, pid=os.getpid())
    assert held(tmp_path) == [False]


def test_another_machines_lock_is_kept(tmp_path: Path, gone: int) -> None:
    lock(tmp_path, pid=gone, hostname="elsewhere")
    assert held(tmp_path) == [True]
    assert "process" in str(next(locks(tmp_path, "enclave", "local")))
    assert "elsewhere" in str(next(locks(tmp_path, "enclave", "local")))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"pid": "x"}', "null"])
def test_a_lock_that_cannot_be_read_is_kept(tmp_path: Path, text: str) -> None:
    lock(tmp_path)
    next((tmp_path / ".pulumi").rglob("*.json")).write_text(text, encoding="utf-8")
    assert held(tmp_path) == [True]


def test_locks_of_other_stacks_are_none_of_ours(tmp_path: Path, gone: int) -> None:
    lock(tmp_path, pid=gone)
    assert list(locks(tmp_path, "enclave", "other")) == []
