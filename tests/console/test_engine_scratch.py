"""What the engine and its plugins write for themselves goes with the run: there are kubeconfigs among it."""

from __future__ import annotations

import stat
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from enclave_policies.judging.judged_day import DAY

from console.gate.engine import Engine

WRITER = """#!/bin/sh
echo "$TMPDIR" > "$SEEN"
stat -c %a "$TMPDIR" >> "$SEEN"
echo "day: $ENCLAVE_AS_OF" >> "$SEEN"
echo token > "$TMPDIR/kubeconfig123"
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine that stands in for the real one and leaves a file behind."""
    program = tmp_path / "pulumi"
    program.write_text(WRITER, encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return Engine(tmp_path, "trial", {"PATH": f"{tmp_path}:/usr/bin:/bin", "SEEN": str(tmp_path / "seen")}, [])


@pytest.mark.parametrize("way", ["a plan", "another command"])
def test_nothing_stays_and_nobody_else_can_look(way: str, engine: Engine, tmp_path: Path) -> None:
    if way == "a plan":
        engine.preview(quiet=True)
    else:
        engine.command("refresh")
    folder, mode, *_ = (tmp_path / "seen").read_text(encoding="utf-8").split()
    assert Path(folder).is_relative_to(tmp_path / "tmp")
    assert mode == "700"
    assert list((tmp_path / "tmp").iterdir()) == []


def test_another_day_comes_from_the_command_line_and_never_from_the_environment(engine: Engine, tmp_path: Path) -> None:
    seen, inherited = tmp_path / "seen", replace(engine, environment={**engine.environment, DAY: "2020-01-01"})
    inherited.preview(quiet=True)
    assert "day: \n" in seen.read_text(encoding="utf-8")
    inherited.update(quiet=True)
    assert "day: \n" in seen.read_text(encoding="utf-8")
    inherited.preview(quiet=True, as_of=date(2028, 6, 1))
    assert "day: 2028-06-01\n" in seen.read_text(encoding="utf-8")
