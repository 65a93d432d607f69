"""What a newcomer asks first: which version, is all well, and what next."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console import doctor
from sandbox.services.status import RUNNING, STOPPED, ServiceStatus
from sandbox.toolchain.doctor import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM = str(Path(sys.executable).with_name("enclave"))


def test_the_version_is_one_line_that_names_the_sdks() -> None:
    done = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"enclave {version('enclave')} (Python ")
    assert f"pulumi-aws {version('pulumi-aws')}" in done.stdout
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_can_complete_commands(shell: str) -> None:
    words = {"_ENCLAVE_COMPLETE": f"complete_{shell}", "COMP_WORDS": "enclave ", "COMP_CWORD": "1"}
    asked = {**words, "_TYPER_COMPLETE_ARGS": "enclave "}
    done = subprocess.run([PROGRAM], capture_output=True, text=True, check=False, env={**os.environ, **asked})
    assert "preview" in done.stdout
    assert "audit" in done.stdout


@pytest.mark.parametrize(
    ("states", "last"),
    [
        ((RUNNING, RUNNING), doctor.WELL),
        ((STOPPED, STOPPED), doctor.IDLE),
        ((RUNNING, STOPPED), "1 problems"),
    ],
)
def test_the_doctor_calls_well_only_what_runs(
    states: Sequence[str],
    last: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    services = tuple(ServiceStatus(f"s{n}", state, 1, 1, tmp_path / "log") for n, state in enumerate(states))
    monkeypatch.setattr(doctor, "status", lambda _folder: services)
    monkeypatch.setattr(doctor, "report", lambda: (Row("go", "1", "official", "/go"),))
    assert doctor.examine(tmp_path) == (1 if "problems" in last else 0)
    assert capsys.readouterr().out.splitlines()[-1] == last
