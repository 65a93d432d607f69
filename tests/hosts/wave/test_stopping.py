"""Who stops a run (Ctrl-C) waits for no part: a part may take hours, and the journal knows where to go on."""

from __future__ import annotations

import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from hosts.wave.copier import Copier, StoppedError
from hosts.wave.journal import Journal
from hosts.wave.parts import Part
from hosts.wave.store import Store
from hosts.wave.wave import Wave

if TYPE_CHECKING:
    from pathlib import Path

STORE = Store("site", "bucket", None, {})
NEVER_DONE = """#!{python}
import sys, time
while True:
    sys.stderr.write('{{"stats": {{"transfers": 1, "bytes": 1}}}}\\n')
    sys.stderr.flush()
    time.sleep(0.05)
"""
PARTS = [Part(number, "", "z", "", 1, 1, 1) for number in range(3)]


def _copier(folder: Path) -> Copier:
    program = folder / "rclone"
    program.write_text(NEVER_DONE.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o700)
    return Copier(program, STORE, STORE)


def test_a_copier_that_is_stopped_is_ended_in_the_midst(tmp_path: Path) -> None:
    copier, told = _copier(tmp_path), list[int]()

    def progress(objects: int, _bytes: int) -> None:
        told.append(objects)
        copier.stopped.set()

    with pytest.raises(StoppedError):
        copier.run([], progress)
    assert told == [1]


def test_who_stops_a_run_waits_for_no_part_and_none_is_tried_again(tmp_path: Path) -> None:
    """The seeded bug of this family: workers that copy on, and try again what Ctrl-C has ended."""
    copier, tries = _copier(tmp_path), list[int]()
    wave = Wave(STORE, STORE, copier, tmp_path, Journal(tmp_path / "journal.jsonl"), lambda _: None)

    def lacking(part: Part) -> list[Any]:
        tries.append(part.number)
        return []

    def bring(*_: Any) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        copier.run([], lambda _objects, _bytes: None)

    object.__setattr__(wave, "_bring", bring)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        wave._each(PARTS[:1], lambda part: wave._copy(part, _Nobody(), lacking))  # type: ignore[arg-type]
    assert tries == [0]
    assert time.monotonic() - began < 30


class _Nobody:
    """A meter that tells nobody."""

    def begin(self, *_: Any) -> None:
        """Tell nothing."""
