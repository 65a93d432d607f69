"""Processes of a run whose `enclave` was killed are known by their mark, and brought to an end."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from console.gate.recover.leftover import end, leftovers
from console.gate.run_mark import RUN, RunMark, mark_of

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = mark_of("file:///state", "enclave", "of-this-test")
GONE = RunMark(2**22 + 1, 0.0, OURS.stack)  # no process has this number
NOBODY_LISTENS = (
    "import signal,time; [signal.signal(s, signal.SIG_IGN) for s in (2, 15)]; print(1, flush=True); time.sleep(60)"
)


def started(mark: RunMark | None, *command: str) -> subprocess.Popen[str]:
    """Start a process with a mark in its environment."""
    variables = {**os.environ, **({RUN: str(mark)} if mark else {})}
    return subprocess.Popen(command or ("sleep", "60"), env=variables, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def left() -> Iterator[subprocess.Popen[str]]:
    """A process that a run left behind whose `enclave` is gone."""
    with started(GONE) as process:
        yield process
        process.kill()


def test_a_mark_is_read_as_it_was_written() -> None:
    assert RunMark.read(str(OURS)) == OURS
    assert RunMark.read("") is None
    assert RunMark.read("somebody's own value") is None


def test_what_a_run_left_is_found(left: subprocess.Popen[str]) -> None:
    found = leftovers(OURS)
    assert [each.process.pid for each in found] == [left.pid]
    assert not found[0].watched
    assert str(left.pid) in str(found[0])


def test_another_run_that_is_watched_over_is_told_apart() -> None:
    with started(None) as watcher:
        began = psutil.Process(watcher.pid).create_time()
        with started(RunMark(watcher.pid, round(began, 2), OURS.stack)) as process:
            assert [each.watched for each in leftovers(OURS)] == [True]
            process.kill()
        watcher.kill()


@pytest.mark.parametrize("mark", [None, OURS, RunMark(GONE.pid, 0.0, "file:///state enclave another-stack")])
def test_other_stacks_our_own_and_strangers_are_left_alone(mark: RunMark | None) -> None:
    with started(mark) as process:
        assert leftovers(OURS) == ()
        process.kill()


def test_what_does_not_end_by_itself_is_ended(left: subprocess.Popen[str]) -> None:
    end(leftovers(OURS), patience=0.2)
    assert not psutil.pid_exists(left.pid)


def test_what_will_not_hear_is_ended_too() -> None:
    with started(GONE, sys.executable, "-c", NOBODY_LISTENS) as process:
        assert process.stdout
        process.stdout.readline()
        end(leftovers(OURS), patience=0.2)
        assert not psutil.pid_exists(process.pid)
