"""A command of a host whose result nobody can have says so, and one whose reader has gone is silent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FULL = Path("/dev/full")
TELLS = "import sys\nfrom hosts.result import ResultError, tell\n"
ENDS = f"{TELLS}try:\n    tell(['found'] * 9)\nexcept ResultError as error:\n    sys.exit(str(error))\n"
WRITES = "import sys\nsys.stdout.write('found')\n"


def to(target: int, program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], stdout=target, stderr=subprocess.PIPE, text=True, check=False
    )


def to_nobody(program: str) -> subprocess.CompletedProcess[str]:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return to(writing, program)
    finally:
        os.close(writing)


def test_a_result_that_cannot_be_written_is_an_error_of_one_line() -> None:
    with FULL.open("w", encoding="utf-8") as full:
        done = to(full.fileno(), ENDS)
    assert (done.returncode, done.stderr) == (
        1,
        "the result cannot be written: No space left on device; make room for it\n",
    )


def test_a_reader_that_has_gone_is_no_fault() -> None:
    done = to_nobody(ENDS)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_closed_output_is_told() -> None:
    done = to(subprocess.DEVNULL, f"import sys\nsys.stdout = None\n{ENDS}")
    assert (done.returncode, "standard output is closed" in done.stderr) == (1, True)


def test_what_only_writes_would_be_noticed() -> None:
    """The seeded bug: as these commands once did it."""
    done = to_nobody(WRITES)
    assert done.returncode != 0
    assert "BrokenPipeError" in done.stderr


def test_no_command_of_a_host_writes_by_itself() -> None:
    """Logs of a function and of a pod's worker are no result: what they found lies in the cloud."""
    logs = {"hosts/result.py", "hosts/watch/by_schedule.py", "hosts/wave/worker.py"}
    folder = Path(__file__).parents[2] / "hosts"
    found = {
        str(file.relative_to(folder.parent))
        for file in folder.rglob("*.py")
        if "sys.stdout.write" in (text := file.read_text(encoding="utf-8")) or "print(" in text
    }
    assert found == logs
