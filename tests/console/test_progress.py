"""How far a long command is: n of N with the time left, as the engine's growing log says."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from console.gate.following import Count, followed
from console.progress import Progress, words

if TYPE_CHECKING:
    from pathlib import Path

    Captured = pytest.CaptureFixture[str]

ONE = '{"sequence":1,"resOutputsEvent":{"metadata":{"op":"create"}}}\n'
OTHER = '{"sequence":2,"resourcePreEvent":{"metadata":{"op":"create"}}}\n'


@pytest.mark.parametrize(
    ("done", "total", "elapsed", "said"),
    [
        (0, 439, 30.0, "planned 0 of 439"),
        (100, 400, 1.0, "planned 100 of 400"),  # too early to tell
        (100, 400, 10.0, "planned 100 of 400, about 30 s left"),
        (1_000, 10_000, 60.0, "planned 1,000 of 10,000, about 9 min left"),
        (400, 400, 40.0, "planned 400 of 400"),
        (212, 0, 10.0, "planned 212 so far"),  # a new stack
        (401, 400, 10.0, "planned 401 so far"),  # more than there were before
    ],
)
def test_the_words_say_how_far_and_how_long(done: int, total: int, elapsed: float, said: str) -> None:
    assert words("planned", done, total, elapsed) == said


def test_a_log_is_counted_as_it_grows(tmp_path: Path) -> None:
    log = tmp_path / "events.json"
    count = Count(log)
    assert count.look() == 0
    log.write_text(ONE + OTHER + ONE[:20], encoding="utf-8")
    assert count.look() == 1
    with log.open("a", encoding="utf-8") as file:
        file.write(ONE[20:] + ONE)
    assert count.look() == 3
    assert count.look() == 3


def test_a_pipe_gets_a_line_a_while(tmp_path: Path, capsys: Captured) -> None:
    log = tmp_path / "events.json"
    log.write_text(ONE * 3, encoding="utf-8")
    with followed(log, "planned", 12, period=0.05):
        until = time.monotonic() + 30
        said = ""
        while "planned 3 of 12" not in said and time.monotonic() < until:
            time.sleep(0.05)
            said += capsys.readouterr().err
    assert "planned 3 of 12\n" in said
    assert "\r" not in said
    assert not [thread for thread in threading.enumerate() if "follow" in thread.name]


def test_what_is_quick_says_nothing_in_a_pipe(capsys: Captured) -> None:
    """The seeded bug of this family: a line for each item."""
    with Progress(in_place=False) as progress:
        for _ in progress.count(range(5_000), "judging"):
            pass
    assert capsys.readouterr().err == ""
