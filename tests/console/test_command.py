"""The command's manners: bad input is one clear message and exit code 2, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

repository = Path(__file__).parents[2]


def enclave(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("enclave")), *arguments]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


def test_an_unknown_stack_is_named_with_those_there_are() -> None:
    done = enclave("preview", "lokal")
    assert done.returncode == 2
    assert done.stderr == (
        "stacks/lokal.yaml:1:1: there is no declaration of a stack 'lokal'; declared stacks: eu-prod, local, rejected\n"
    )


@pytest.mark.parametrize("arguments", [["previw"], ["preview"], ["preview", "local", "--loud"], ["up", "a", "b"]])
def test_a_mistyped_command_line_is_bad_input(arguments: list[str]) -> None:
    done = enclave(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr


def test_a_stack_on_the_sandbox_without_a_sandbox_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCLAVE_SANDBOX", str(tmp_path))
    done = enclave("preview", "local")
    assert done.returncode == 1
    assert "make up" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_names_every_command() -> None:
    shown = enclave("--help").stdout
    assert all(command in shown for command in ("preview", "up", "doctor", "sandbox"))
