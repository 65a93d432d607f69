"""The record: what is answered is on the disk, whatever happens to the process or to the disk."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hosts.gateway import record as module
from hosts.gateway.chain import Head, heads
from hosts.gateway.errors import RecordError, RecordSlowError
from hosts.gateway.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

ROOT = Path(__file__).parents[3]
KILLS = 100


def followed(path: Path) -> list[dict[str, Any]]:
    """Return the entries of a record that holds to its end."""
    with path.open("rb") as lines:
        wrong = [said for _, said in heads(lines) if said]
    assert not wrong
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    made = Record(tmp_path / "record")
    yield made
    made.close()


def test_an_entry_is_synced_before_it_is_done(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    plain = os.fdatasync

    def synced(file: int) -> None:
        time.sleep(0.02)
        plain(file)
        order.append("synced")

    monkeypatch.setattr(os, "fdatasync", synced)
    assert record.add({"n": 1}).size == 1
    order.append("done")
    assert order == ["synced", "done"]


def test_what_waits_together_is_synced_once(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs, plain = [0], os.fdatasync

    def slow(file: int) -> None:
        syncs[0] += 1
        time.sleep(0.05)
        plain(file)

    monkeypatch.setattr(os, "fdatasync", slow)
    with ThreadPoolExecutor(400) as pool:
        made = list(pool.map(lambda number: record.add({"n": number}).size, range(400)))
    assert sorted(made) == list(range(1, 401))
    assert 1 <= syncs[0] <= 10
    entries = followed(record.path)
    assert [entries[size - 1]["n"] for size in made] == list(range(400))


def test_many_threads_make_one_chain(record: Record) -> None:
    def add(name: int) -> None:
        for number in range(100):
            record.add({"by": name, "n": number}, 20)

    threads = [threading.Thread(target=add, args=(name,)) for name in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    entries = followed(record.path)
    assert len(entries) == 800
    for name in range(8):
        assert [entry["n"] for entry in entries if entry["by"] == name] == list(range(100))


def test_a_cut_last_line_is_forgotten_and_the_chain_goes_on(tmp_path: Path) -> None:
    first = Record(tmp_path / "record")
    for number in range(3):
        first.add({"n": number})
    first.close()
    whole = first.path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    for cut in range(1, len(last)):
        first.path.write_bytes(whole[: len(whole) - cut])
        again = Record(first.path)
        assert again.head.size == 2
        again.add({"n": 9})
        again.close()
        assert [entry["n"] for entry in followed(first.path)] == [0, 1, 9]


def written(path: Path, count: int = 5) -> list[bytes]:
    made = Record(path)
    for number in range(count):
        made.add({"n": number})
    made.close()
    return path.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("which", ["changed", "dropped", "swapped", "repeated", "no JSON", "cut in the middle"])
def test_a_broken_chain_does_not_start_and_stays_as_it_is(tmp_path: Path, which: str) -> None:
    lines = written(tmp_path / "record")
    lines = {
        "changed": [lines[0], lines[1].replace(b'"n":1', b'"n":7'), *lines[2:]],
        "dropped": [lines[0], *lines[2:]],
        "swapped": [lines[1], lines[0], *lines[2:]],
        "repeated": [lines[0], *lines],
        "no JSON": [*lines[:3], b"\xff\n", *lines[3:]],
        "cut in the middle": [lines[0], lines[1][:-20], *lines[2:]],
    }[which]
    (tmp_path / "record").write_bytes(b"".join(lines))
    with pytest.raises(RecordError, match="keep its folder as evidence"):
        Record(tmp_path / "record")
    assert (tmp_path / "record").read_bytes() == b"".join(lines)
    with pytest.raises(RecordError, match="keep its folder as evidence"):  # and nobody holds it locked
        Record(tmp_path / "record")


def test_a_record_that_does_not_lead_to_what_was_signed_does_not_start(tmp_path: Path) -> None:
    lines = written(tmp_path / "record")
    with (tmp_path / "record").open("rb") as file:
        all_ = [head for head, _ in heads(file)]
    for seen in (Head(), *all_):
        Record(tmp_path / "record", seen).close()
    (tmp_path / "record").write_bytes(b"".join(lines[:-1]))
    Record(tmp_path / "record", all_[-2]).close()
    for seen in (all_[-1], Head(3, "1" * 64)):
        with pytest.raises(RecordError, match="does not lead to the last checkpoint"):
            Record(tmp_path / "record", seen)


def test_two_processes_never_write_one_record(record: Record) -> None:
    with pytest.raises(RecordError, match="another process writes"):
        Record(record.path)
    assert record.add({"n": 1}).size == 1


@pytest.mark.parametrize(("call", "code"), [("write", "ENOSPC"), ("fdatasync", "EIO"), ("write", "EROFS")])
def test_what_fails_once_fails_until_a_new_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: str
) -> None:
    record = Record(tmp_path / "record")
    record.add({"n": 0})

    def fails(*_: object) -> int:
        raise OSError(getattr(errno, code), "seeded")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fails)
        with pytest.raises(RecordError):
            record.add({"n": 1})
    with pytest.raises(RecordError, match="then restart"):
        record.add({"n": 2})
    assert record.broken
    record.close()
    again = Record(tmp_path / "record")
    assert again.add({"n": 3}).size == 2
    again.close()
    assert [entry["n"] for entry in followed(tmp_path / "record")] == [0, 3]


def test_a_disk_that_takes_half_leaves_no_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record, plain = Record(tmp_path / "record"), os.write
    record.add({"n": 0})
    calls = [0]

    def half(file: int, data: memoryview) -> int:
        calls[0] += 1
        if calls[0] > 1:
            raise OSError(errno.ENOSPC, "seeded")
        return plain(file, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(RecordError):
            record.add({"n": 1})
    record.close()
    assert [entry["n"] for entry in followed(tmp_path / "record")] == [0]


def test_one_entry_that_is_no_json_harms_no_other(record: Record) -> None:
    for entry in ({}, {"seq": 1}, {"prev": "x"}, {"n": {1, 2}}, {"n": float("nan")}, {"n": "\ud800"}):
        with pytest.raises((ValueError, TypeError)):
            record.add(entry)
    assert record.add({"n": 1}).size == 1


@pytest.fixture
def hanging(record: Record, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, Future[Head]]]:
    """A disk that hangs until the event, and the first entry, whose thread hangs with it."""
    plain, back = os.fdatasync, threading.Event()
    monkeypatch.setattr(os, "fdatasync", lambda file: (back.wait(30), plain(file)))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(record.add, {"n": 0}, 1)
        time.sleep(0.05)
        yield back, first
        back.set()


def test_who_waits_no_longer_is_told_and_the_entry_is_written_all_the_same(
    record: Record, hanging: tuple[threading.Event, Future[Head]]
) -> None:
    back, first = hanging
    for number in range(1, 4):
        began = time.monotonic()
        with pytest.raises(RecordSlowError, match="did not take"):
            record.add({"n": number}, 0.01)
        with pytest.raises(RecordSlowError):
            record.add({"n": -number}, 0)
        assert time.monotonic() - began < 1
    with ThreadPoolExecutor(4) as pool:
        others = [pool.submit(record.add, {"n": number}, 20) for number in range(10, 14)]
        time.sleep(1.1)
        back.set()
        assert {other.result(5).size for other in others} == {8, 9, 10, 11}
    with pytest.raises(RecordSlowError, match="later than"):
        first.result(5)
    assert record.add({"n": 4}, 1).size == 12
    assert [entry["n"] for entry in followed(record.path)][:7] == [0, 1, -1, 2, -2, 3, -3]


def test_a_disk_that_hangs_fills_no_memory(
    record: Record, hanging: tuple[threading.Event, Future[Head]], monkeypatch: pytest.MonkeyPatch
) -> None:
    back, _ = hanging
    monkeypatch.setattr(module, "MOST_WAITING", 50)
    monkeypatch.setattr(module, "HANGS", 0.01)
    assert "look at its disk" in record.broken
    for number in range(50):
        with pytest.raises(RecordSlowError):  # at once, as it hangs already
            record.add({"n": number}, 20)
    with pytest.raises(RecordError, match="50 entries wait"):
        record.add({"n": 50}, 20)
    back.set()
    until = time.monotonic() + 30
    while record.head.size < 51 and time.monotonic() < until:
        time.sleep(0.01)
    assert record.head.size == 51
    assert record.broken == ""


def test_a_disk_that_fails_fails_all_who_wait(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: int) -> None:
        time.sleep(0.05)
        raise OSError(errno.EIO, "seeded")

    with monkeypatch.context() as patch, ThreadPoolExecutor(20) as pool:
        patch.setattr(os, "fdatasync", fails)
        errors = [each.exception(5) for each in [pool.submit(record.add, {"n": n}, 20) for n in range(20)]]
    assert {type(error) for error in errors} == {RecordError}
    assert followed(record.path) == []


@pytest.mark.parametrize("kind", ["folder", "fifo", "device", "no folder"])
def test_what_is_no_plain_file_is_no_record(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "record"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/full")
    else:
        path = tmp_path / "none" / "record"
    with pytest.raises(RecordError):
        Record(path)


def test_the_record_is_ours_alone(record: Record) -> None:
    assert record.path.stat().st_mode & 0o077 == 0


WRITER = """
import os
import sys
import threading
from itertools import count
from pathlib import Path
from hosts.gateway.record import Record
record = Record(Path(sys.argv[1]))
numbers = count(int(sys.argv[2]))
def write():
    for number in numbers:
        size = record.add({"n": number, "x": "y" * (number % 700)}).size
        os.write(1, b"%d %d\\n" % (number, size - 1))
for _ in range(8):
    threading.Thread(target=write).start()
"""


def killed_writer(path: Path, number: int, seconds: float) -> list[tuple[int, int]]:
    """Start a process that writes, kill it after a while, and return what it has told to be done: number, place."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(number)], stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout
        first = process.stdout.readline()  # it writes: from now on
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        told = [first, *process.stdout.read().splitlines(keepends=True)]
    return [tuple(map(int, line.split())) for line in told if line.endswith(b"\n")]  # type: ignore[misc]


def lost(path: Path, told: dict[int, int]) -> list[int]:
    """Return the numbers that were told to be done and are not where they were told to be."""
    entries = followed(path)
    return [number for number, place in told.items() if place >= len(entries) or entries[place]["n"] != number]


def test_after_100_kills_the_chain_holds_and_nothing_that_was_done_is_lost(tmp_path: Path) -> None:
    chance, path, told = random.Random(13), tmp_path / "record", dict[int, int]()  # noqa: S311
    for kill in range(KILLS):
        told.update(killed_writer(path, (kill + 1) * 1_000_000, chance.uniform(0, 0.02)))
        made = Record(path)  # drops a line that was cut
        made.close()
    assert len(told) > KILLS
    assert lost(path, told) == []


def test_a_record_that_lost_what_was_done_is_noticed(tmp_path: Path) -> None:
    """The seeded bug of this family."""
    path = tmp_path / "record"
    told = dict(killed_writer(path, 1, 0.05))
    Record(path).close()
    lines = path.read_bytes().splitlines(keepends=True)
    last = max(told.values())
    path.write_bytes(b"".join(lines[:last]))
    assert lost(path, told)
