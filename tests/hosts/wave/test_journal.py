"""The journal of a wave: what is written stays, a killed process leaves no half line, one process writes at a time."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hosts.wave.journal import BusyError, Journal, JournalError, lines
from hosts.wave.parts import Part
from hosts.wave.state import State, state_in, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping

PART = {"number": 0, "after": "", "last": "z", "prefix": "a", "keys": 1, "versions": 1, "bytes": 5}
PLANNED = {"step": "planned", "parts": [PART]}
COPIED = {"step": "copied", "part": 0, "objects": 1, "bytes": 5, "seconds": 1.0}
COMPARED = {"step": "compared", "part": 0, "digests": {}, "lines": 1, "bytes": 5, "differences": []}


def test_what_was_written_is_read_and_a_half_line_is_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "wave" / "journal.jsonl"
    with Journal(file) as journal:
        journal.write("pass", number=1)
    whole = file.read_bytes()
    file.write_bytes(whole + b'{"step": "copi')
    assert [each["step"] for each in lines(file)] == ["pass"]
    with Journal(file) as journal:
        journal.write("ran")
    assert [json.loads(each)["step"] for each in file.read_bytes().splitlines()] == ["pass", "ran"]
    assert file.read_bytes().startswith(whole)


def test_a_disk_that_takes_half_of_a_line_leaves_no_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, plain = tmp_path / "journal.jsonl", os.write
    taken = [0]

    def half(handle: int, data: memoryview) -> int:
        taken[0] += 1
        if taken[0] > 1:
            raise OSError(errno.ENOSPC, "seeded")
        return plain(handle, data[: len(data) // 2])

    with Journal(file) as journal:
        journal.write("pass", number=1)
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", half)
            with pytest.raises(OSError, match="seeded"):
                journal.write("planned")
        journal.write("ran")
    assert [each["step"] for each in lines(file)] == ["pass", "ran"]


def test_no_journal_tells_nothing(tmp_path: Path) -> None:
    assert lines(tmp_path / "none") == []


def test_a_second_process_waits_and_then_says_that_somebody_is_at_work(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    with (
        Journal(file),
        pytest.raises(BusyError, match="another run of this wave is at work"),
        Journal(file, patience=0.2),
    ):
        pass


def test_a_copier_that_outlives_its_master_holds_the_lock(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    with Journal(file) as journal:
        orphan = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(journal.handle,))
    with pytest.raises(BusyError), Journal(file, patience=0.2):
        pass
    orphan.communicate(b"\n")
    with Journal(file, patience=5) as journal:
        journal.write("ran")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (b"not json", "is no JSON"),
        (b"", "is no JSON"),
        (b'"\xff"', "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"[1]", "is no JSON object"),
        (b'{"step": "nonsense"}', "tells of no step that a wave has"),
        (b'{"step": ["pass"]}', "tells of no step that a wave has"),
        (b'{"step": "copied", "part": 0}', "does not tell 'objects' of the step 'copied'"),
        (b'{"step": "listed", "left": "none"}', "does not tell 'left'"),
        (json.dumps(COPIED).encode(), "tells of 'copied' before what leads to it"),
        (json.dumps(COMPARED).encode(), "tells of 'compared' before what leads to it"),
        (json.dumps({"step": "planned", "parts": [{**PART, "number": "0"}]}).encode(), "tells of a part that is none"),
        (json.dumps({"step": "planned", "parts": [{**PART, "more": 1}]}).encode(), "tells of a part that is none"),
        (json.dumps({"step": "planned", "parts": [1]}).encode(), "tells of a part that is none"),
    ],
)
def test_a_journal_that_was_changed_is_told_at_its_line(tmp_path: Path, line: bytes, wrong: str) -> None:
    """The seeded bug of this family: the first line alone is as it was written, and is taken."""
    file = tmp_path / "journal.jsonl"
    file.write_bytes(json.dumps(PLANNED).encode() + b"\n")
    assert state_in(file).stage == "planned"
    file.write_bytes(file.read_bytes() + line + b"\n")
    with pytest.raises(JournalError) as refused:
        state_in(file)
    assert str(refused.value).startswith(f"{file}:2: {wrong}")


def told(*steps: Mapping[str, Any]) -> State:
    return state_of([{"at": 1.0, **each} for each in steps], Path("journal.jsonl"))


def test_a_wave_goes_its_way_step_by_step() -> None:
    way: list[Mapping[str, Any]] = [
        PLANNED,
        {"step": "pass", "number": 1},
        COPIED,
        {"step": "ran"},
        {"step": "comparing"},
        COMPARED,
        {"step": "verified", "statement": "s"},
        {"step": "cut-over"},
        {"step": "removed", "part": 0},
        {"step": "purged", "statement": "e"},
    ]
    stages = [told(*way[: number + 1]).stage for number in range(len(way))]
    assert stages == [
        "planned", "running", "running", "copied", "copied", "copied", "verified", "cut-over", "purging", "purged",
    ]  # fmt: skip
    last = told(*way)
    assert last.parts == (Part(**PART),)  # type: ignore[arg-type]
    assert (last.statement, last.empty, last.copied_objects) == ("s", "e", 1)


def test_nothing_is_removed_that_is_not_proved_and_cut_over() -> None:
    new = told()
    assert new.not_yet("run")
    planned = told(PLANNED)
    assert planned.not_yet("run") is None
    assert planned.not_yet("verify")
    copied = told(PLANNED, {"step": "pass", "number": 1}, COPIED, {"step": "ran"})
    assert copied.not_yet("verify") is None
    assert copied.not_yet("cut-over")
    assert copied.not_yet("purge")


def test_a_new_pass_makes_void_what_was_proved_and_cut_over() -> None:
    proved: list[Mapping[str, Any]] = [
        PLANNED,
        {"step": "pass", "number": 1},
        COPIED,
        {"step": "ran"},
        {"step": "comparing"},
        COMPARED,
    ]
    cut: list[Mapping[str, Any]] = [*proved, {"step": "verified", "statement": "s"}, {"step": "cut-over"}]
    assert told(*cut).not_yet("purge") is None
    for again in ({"step": "pass", "number": 2}, {"step": "comparing"}, PLANNED):
        state = told(*cut, again)
        assert state.not_yet("purge")
        assert state.statement is None
        assert state.cut_over is None


def test_once_something_is_removed_no_step_goes_back() -> None:
    purging = told(PLANNED, {"step": "removed", "part": 0})
    assert all(purging.not_yet(step) for step in ("plan", "run", "verify"))
    assert purging.not_yet("purge") is None
