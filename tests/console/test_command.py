"""The command's manners: bad input is one clear message and exit code 2, never a traceback."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

repository = Path(__file__).parents[2]
commands = {
    "enclave": {
        "preview",
        "up",
        "audit",
        "explain",
        "reach",
        "catalog",
        "doctor",
        "sandbox",
        "recover",
        "init",
        "recheck",
        "diff",
        "whatif",
        "incident",
        "retire",
        "stacks",
        "verify-log",
        "access",
        "adopt",
        "inspect",
        "site",
        "leaving",
        "wave",
        "failover",
        "watch",
        "report",
        "verify",
    },
    "enclave access": {"request", "reversal", "approve", "revoke", "list", "export"},
    "enclave inspect": {"sign", "verify", "list"},
    "enclave wave": {"plan", "run", "verify", "cut-over", "purge", "status"},
    "enclave failover": {"sync", "verify"},
    "enclave site": {"promote", "drain", "retire", "accept"},
    "enclave sandbox": {"start", "approve", "gateways", "status", "stop", "down"},
}
row_of_a_command = re.compile(r"(?m)^│ ([a-z][a-z-]*) {2,}([A-Z][^│]*\w)")


def enclave(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("enclave")), *arguments]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


def test_an_unknown_stack_is_named_with_those_there_are() -> None:
    done = enclave("preview", "lokal")
    assert done.returncode == 2
    assert done.stderr == (
        "stacks/lokal.yaml:1:1: there is no declaration of a stack 'lokal'; "
        "declared stacks: eu-prod, inspector, local, rejected, transition\n"
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
    assert done.returncode == 3
    assert "make up" in done.stderr
    assert "Traceback" not in done.stderr


def commands_in(help_text: str) -> dict[str, str]:
    """The rows of help's table of commands: name → how its sentence begins."""
    return dict(row_of_a_command.findall(help_text.partition("─ Commands ─")[2]))


@pytest.mark.parametrize("above", commands)
def test_help_names_every_command_and_no_other_and_each_answers_for_itself(above: str) -> None:
    words = above.split()[1:]
    assert set(commands_in(enclave(*words, "--help").stdout)) == commands[above]
    for command in commands[above]:
        shown = enclave(*words, command, "--help")
        assert (shown.returncode, shown.stderr) == (0, ""), command
        assert f"Usage: {above} {command}" in shown.stdout


def test_a_command_that_help_leaves_out_is_noticed() -> None:
    """The seeded bug of this family; words of the other commands do not stand in for it."""
    shown = enclave("--help").stdout
    without = "".join(line for line in shown.splitlines(keepends=True) if not line.startswith("│ explain "))
    assert set(commands_in(f"{without} explain  Explained elsewhere")) == commands["enclave"] - {"explain"}
