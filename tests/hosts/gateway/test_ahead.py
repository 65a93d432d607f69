"""The file beside the record: what was answered is there after a power cut, though the record was not synced."""

from __future__ import annotations

import errno
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from hosts.gateway import ahead as module
from hosts.gateway.ahead import NOTHING, Ahead
from hosts.gateway.errors import RecordError
from hosts.gateway.record import Record
from tests.hosts.gateway.test_record import followed

SMALL = 3_000
"""Bytes: some forty entries a turn."""
CUTS = 60


def beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.ahead")


def numbers(path: Path) -> list[int]:
    return [entry["n"] for entry in followed(path)]


class Disk:
    """What of a record is on the disk: whatever it held at its last sync, and perhaps some of what came after."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.synced: dict[str, int] = {}
        plain = os.fdatasync

        def fdatasync(file: int) -> None:
            plain(file)
            self.synced[str(Path(f"/proc/self/fd/{file}").readlink())] = os.fstat(file).st_size

        monkeypatch.setattr(os, "fdatasync", fdatasync)

    def cut(self, record: Record, chance: random.Random) -> None:
        """Cut the power: the process is gone, and the record's file is as long as it happens to be."""
        os.close(record._file)
        record._ahead.close()
        whole = record.path.stat().st_size
        os.truncate(record.path, chance.randint(self.synced.get(str(record.path), 0), whole))


def after_cuts(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], list[int]]:
    """Return what was told to be done over many power cuts, and what the record holds in the end."""
    chance, disk = random.Random(36), Disk(monkeypatch)  # noqa: S311
    monkeypatch.setattr(module, "SIZE", SMALL)
    told: list[int] = []
    for _ in range(CUTS):
        record = Record(path)
        disk.synced[str(path)] = path.stat().st_size
        for _ in range(chance.randint(0, 100)):
            record.add({"n": len(told), "x": "y" * chance.randint(0, 50)})
            told.append(len(told))
            if chance.random() < 0.02:
                record.settled()
        disk.cut(record, chance)
    Record(path).close()
    return told, numbers(path)


def test_nothing_that_was_done_is_lost_in_power_cuts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told, found = after_cuts(tmp_path / "record", monkeypatch)
    assert len(told) > 20 * CUTS
    assert found == told


def test_a_file_that_keeps_nothing_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(Ahead, "keep", lambda *_: True)
    monkeypatch.setattr(Record, "settled", lambda record: record.head)
    told, found = after_cuts(tmp_path / "record", monkeypatch)
    assert found != told


def test_entries_that_are_larger_than_the_file_are_kept_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SIZE", SMALL)
    disk, path = Disk(monkeypatch), tmp_path / "record"
    record = Record(path)
    for number in range(4):
        record.add({"n": number, "x": "y" * SMALL * (number % 2)})
    disk.cut(record, random.Random(1))  # noqa: S311
    Record(path).close()
    assert numbers(path) == [0, 1, 2, 3]


@pytest.mark.parametrize("left", [0, 1, 40])
def test_a_torn_write_is_no_line(tmp_path: Path, left: int) -> None:
    """The last write came to the disk in part: nobody was told that it was done."""
    path = tmp_path / "record"
    record = Record(path)
    record.add({"n": 0})
    first = path.stat().st_size
    record.add({"n": 1})
    whole = path.stat().st_size
    os.close(record._file)
    record._ahead.close()
    os.truncate(path, 0)
    with beside(path).open("r+b") as file:
        file.seek(first + left)
        file.write(bytes(whole - first - left))
    again = Record(path)
    assert again.add({"n": 2}) == again.head
    again.close()
    assert numbers(path) == [0, 2]


def left_open(path: Path, count: int = 3) -> None:
    record = Record(path)
    for number in range(count):
        record.add({"n": number})
    os.close(record._file)
    record._ahead.close()


def changed(path: Path, which: str) -> None:
    """Seed a fault into a record that was not closed, or into the file beside it."""
    other = path.with_name("other")
    if which == "another record":
        left_open(other, 5)
        other.replace(path)
        path.write_bytes(path.read_bytes().replace(b'{"seq":0', b'{"seq":0,"by":"other"', 1).splitlines(True)[0])
    elif which == "another file beside it":
        left_open(other)
        text = beside(other).read_bytes().replace(b'"n":0', b'"n":7', 1)
        beside(path).write_bytes(text[: text.index(b"\n") + 1] + bytes(100))
    else:
        Record(path).close()
        record = Record(path)
        record.add({"n": 3})
        os.close(record._file)
        record._ahead.close()
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:1]))


@pytest.mark.parametrize("which", ["another record", "another file beside it", "lines that both lack"])
def test_two_files_that_do_not_belong_together_stay_as_they_are(tmp_path: Path, which: str) -> None:
    path = tmp_path / "record"
    left_open(path)
    changed(path, which)
    before = path.read_bytes(), beside(path).read_bytes()
    with pytest.raises(RecordError, match=r"(?s)do not follow from them.*keep its folder as evidence"):
        Record(path)
    assert (path.read_bytes(), beside(path).read_bytes()) == before


def test_a_record_that_is_gone_is_written_again_as_far_as_it_is_known(tmp_path: Path) -> None:
    path = tmp_path / "record"
    left_open(path)
    path.unlink()
    Record(path).close()
    assert numbers(path) == [0, 1, 2]


def test_a_record_that_was_closed_needs_no_file_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "record"
    record = Record(path)
    record.add({"n": 0})
    record.close()
    assert Ahead(beside(path)).kept() == NOTHING
    beside(path).unlink()
    Record(path).close()
    assert numbers(path) == [0]


@pytest.mark.parametrize("kind", ["folder", "fifo", "too small", "rubbish", "no number"])
def test_a_file_beside_it_that_is_none_of_ours(tmp_path: Path, kind: str) -> None:
    path, file = tmp_path / "record", beside(tmp_path / "record")
    if kind == "folder":
        file.mkdir()
    elif kind == "fifo":
        os.mkfifo(file)
    else:
        said = {"too small": b"", "rubbish": os.urandom(5_000), "no number": b'{"seq":"0","prev":7}\n'}[kind]
        file.write_bytes(said)
        Record(path).close()  # what follows from nothing counts as nothing
        assert file.stat().st_size == module.SIZE
        return
    with pytest.raises(RecordError, match="beside the record"):
        Record(path)


def test_a_record_that_cannot_be_synced_lets_nobody_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record"
    record = Record(path)
    record.add({"n": 0})

    def fails(_: int) -> Any:
        raise OSError(errno.EIO, "seeded")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", fails)
        with pytest.raises(OSError, match="seeded"):
            record.settled()
    with pytest.raises(RecordError, match="then restart"):
        record.add({"n": 1})
    record.close()
    path.write_bytes(b"")  # the disk has lost it, as it said
    Record(path).close()
    assert [json.loads(line)["n"] for line in path.read_bytes().splitlines()] == [0]
