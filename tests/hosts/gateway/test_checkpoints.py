"""Checkpoints follow the record, outlive a disk that fails for a while, and are read at the next start."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hosts.gateway import checkpoints as module
from hosts.gateway.chain import Head
from hosts.gateway.checkpoints import Checkpoints, last_head
from hosts.gateway.errors import RecordError
from hosts.gateway.note import head_in, opened
from hosts.gateway.record import Record
from tests.hosts.gateway.records import ORIGIN

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    made = Record(tmp_path / "record")
    yield made
    made.close()


def head_of(file: Path) -> Head:
    return head_in(opened(file.read_text(encoding="utf-8"), {ORIGIN: KEY.public_key()}), ORIGIN)


def test_a_checkpoint_says_what_is_on_the_disk(record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 0.02)
    file = tmp_path / "checkpoint"
    made = Checkpoints(record, ORIGIN, KEY, file)
    made.start()
    assert head_of(file) == Head()
    record.add({"n": 1})
    until = time.monotonic() + 30
    while head_of(file).size != 1 and time.monotonic() < until:
        time.sleep(0.01)
    assert head_of(file) == record.head
    record.add({"n": 2})
    made.stop()
    assert head_of(file) == last_head(file, ORIGIN) == record.head
    assert record.head.size == 2


def test_the_last_checkpoint_tells_of_all_that_a_closed_record_has(tmp_path: Path) -> None:
    record, file = Record(tmp_path / "record"), tmp_path / "checkpoint"
    made = Checkpoints(record, ORIGIN, KEY, file)
    made.start()
    record.add({"n": 1})
    record.close()
    made.stop()
    assert head_of(file).size == 1


def test_no_checkpoint_tells_of_what_only_the_file_beside_the_record_has(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Checkpoints(record, ORIGIN, KEY, tmp_path / "checkpoint")
    record.add({"n": 1})
    order: list[str] = []
    plain = os.fdatasync

    def fdatasync(file: int) -> None:
        order.append(str(Path(f"/proc/self/fd/{file}").readlink()))
        plain(file)

    monkeypatch.setattr(os, "fdatasync", fdatasync)
    made.sign()
    assert order == [str(record.path)]
    assert head_of(tmp_path / "checkpoint").size == 1


def test_a_disk_that_is_full_for_a_while_ends_no_checkpoints(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY", 0.02)
    file = tmp_path / "checkpoint"
    made = Checkpoints(record, ORIGIN, KEY, file)
    made.start()

    def fails(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        record.add({"n": 1})
        time.sleep(0.2)
        assert head_of(file) == Head()
    until = time.monotonic() + 30
    while head_of(file).size != 1 and time.monotonic() < until:
        time.sleep(0.01)
    assert head_of(file) == record.head
    made.stop()


def test_without_a_place_for_checkpoints_nobody_starts(record: Record, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="make it writable"):
        Checkpoints(record, ORIGIN, KEY, tmp_path / "none" / "checkpoint").start()


def test_a_start_without_a_checkpoint_is_the_first_one(tmp_path: Path) -> None:
    assert last_head(tmp_path / "none", ORIGIN) == Head()


@pytest.mark.parametrize("content", [b"", b"\xff", b"x\n1\nAAAA\n\n", b"a\n\n\xe2\x80\x94 b YWJjZGVmZ2g=\n"])
def test_a_checkpoint_that_is_damaged_is_no_first_start(tmp_path: Path, content: bytes) -> None:
    """The seeded bug of this family is to take it for one: then a cut record would start."""
    (tmp_path / "checkpoint").write_bytes(content)
    with pytest.raises(RecordError, match="keep it as evidence"):
        last_head(tmp_path / "checkpoint", ORIGIN)


def test_a_checkpoint_of_another_gateway_is_refused(record: Record, tmp_path: Path) -> None:
    Checkpoints(record, ORIGIN, KEY, tmp_path / "checkpoint").sign()
    with pytest.raises(RecordError, match="is a checkpoint of"):
        last_head(tmp_path / "checkpoint", "employees.dublin-1.gateway")
