"""What the engine says to standard error is passed on as it comes, and its errors are kept."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from console.gate import overheard

if TYPE_CHECKING:
    from pathlib import Path


def run(program: str, folder: Path, patience: float | None = 60.0) -> tuple[int, tuple[str, ...]]:
    return overheard.run([sys.executable, "-c", program], folder, {}, quiet=True, patience=patience)


def test_errors_are_kept_without_colours_and_the_rest_is_only_passed_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said = r"import sys; sys.stderr.write('\x1b[31merror: \x1b[0mno stack named x\nwarning: y\n'); sys.exit(6)"
    assert run(said, tmp_path) == (6, ("no stack named x",))
    assert "warning: y" in capfd.readouterr().err


def test_a_reader_that_is_gone_does_not_stop_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: a pipe that nobody empties stops whoever writes into it."""
    with (tmp_path / "gone").open("w") as gone:
        monkeypatch.setattr(sys, "stderr", gone)
    flood = "import sys\nfor _ in range(100_000): sys.stderr.write('x' * 20 + '\\n')\nsys.stderr.write('error: end\\n')"
    assert run(flood, tmp_path) == (0, ("end",))


def test_a_process_that_hangs_is_ended(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(overheard.GaveUpError):
        run("import time; time.sleep(600)", tmp_path, patience=0.5)
    assert time.monotonic() - began < 60


def test_a_plugin_that_outlives_the_engine_is_not_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()
    leaves = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(40)'])"
    assert run(leaves, tmp_path) == (0, ())
    assert time.monotonic() - began < 30
