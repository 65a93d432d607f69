"""Python programs, run by the real engine through our language host."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.language_host.conftest import Workshop


def test_a_program_runs_with_its_config_and_its_output_is_shown(workshop: Workshop) -> None:
    workshop.program(
        """
        import pulumi
        config = pulumi.Config()
        print("seen on stdout")
        pulumi.export("plain", config.require("plain"))
        pulumi.export("hidden", config.require_secret("hidden"))
        pulumi.export("project", pulumi.get_project() + "/" + pulumi.get_stack())
        """
    )
    workshop.run("config", "set", "plain", "value=with signs ' \" $x")
    workshop.run("config", "set", "--secret", "hidden", "s3cret")
    code, output = workshop.run("up", "--yes", "--skip-preview")
    assert code == 0, output
    assert "seen on stdout" in output
    assert "s3cret" not in output
    # Side by side on one file system, the engine takes the host as its own and does not warn.
    beside = not workshop.host.with_name("pulumi").is_symlink()
    assert ("using pulumi-language-python from $PATH" in output) is not beside
    exported = json.loads(workshop.run("stack", "output", "--json", "--show-secrets")[1])
    assert exported == {
        "plain": "value=with signs ' \" $x",
        "hidden": "s3cret",
        "project": "tried/dev",
    }


def test_an_exception_is_reported_once_and_fails_the_run(workshop: Workshop) -> None:
    workshop.program("raise ValueError('the only reason')")
    code, output = workshop.run("preview")
    assert code != 0
    assert "ValueError: the only reason" in output
    assert "exited with" not in output


def test_an_exit_code_of_the_program_fails_the_run_and_is_named(workshop: Workshop) -> None:
    workshop.program("import sys; sys.exit(3)")
    code, output = workshop.run("preview")
    assert code != 0
    assert "Program exited with exit code 3" in output


def test_a_program_that_is_killed_fails_the_run(workshop: Workshop) -> None:
    workshop.program("import os; os.kill(os.getpid(), 9)")
    code, output = workshop.run("preview")
    assert code != 0
    assert "Program exited with signal 9" in output


def test_a_virtual_environment_that_is_not_there_is_named_with_the_next_step(workshop: Workshop) -> None:
    workshop.program("", virtualenv="../missing")
    code, output = workshop.run("preview")
    assert code != 0
    assert f"{workshop.root / 'missing' / 'bin' / 'python'} is missing" in output
    assert "make up" in output


def test_about_names_the_interpreter_and_calls_the_host_a_stand_in(workshop: Workshop) -> None:
    code, output = workshop.run("about")
    assert code == 0, output
    assert "stand-in language host" in output
