"""A filter that lets people in unasked does not pass `make lint`, whoever writes it."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import run
from typing import Final

import pytest

ACCESS: Final = Path(__file__).parents[2] / "components" / "access"
SEEDED: Final = {
    "open on failure": ('"failure_mode_allow": False', '"failure_mode_allow": True', "failure_mode_allow"),
    "open on failure, as a text": ('"failure_mode_allow": False', '"failure_mode_allow": "no"', "failure_mode_allow"),
    "silent about failure": ('        "failure_mode_allow": False,\n', "", "failure_mode_allow"),
    "ok on error": ('"code": "Forbidden"', '"code": "OK"', "Forbidden"),
    "mutations unchecked": ('"validate_mutations": True', '"validate_mutations": False', "validate_mutations"),
    "another field": ('"failure_mode_allow": False', '"failure_mode_allow": False, "disabled": True', "disabled"),
}
OF_ANSWERS: Final = {
    "answers go on": ('"failure_mode_allow": False', '"failure_mode_allow": True', "failure_mode_allow"),
    "answers are held whole": ('"response_body_mode": "FULL_', '"response_body_mode": "', "response_body_mode"),
    "headers go on": ('"response_header_mode": "SEND"', '"response_header_mode": "SKIP"', "response_header_mode"),
}
CASES: Final = {
    **{name: ("asking.py", *case) for name, case in SEEDED.items()},
    **{name: ("processing.py", *case) for name, case in OF_ANSWERS.items()},
}


def complaints(folder: Path, source: str) -> str:
    """Return what the type checker of `make lint` says."""
    file = folder / "checked.py"
    file.write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={folder}", str(file)]
    done = run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode else ""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lint")


@pytest.mark.parametrize("name", CASES)
def test_lint_names_a_filter_that_lets_people_in_unasked(folder: Path, name: str) -> None:
    file, before, after, named = CASES[name]
    source = (ACCESS / file).read_text(encoding="utf-8")
    assert source.count(before) == 1
    assert named in complaints(folder, source.replace(before, after))


@pytest.mark.parametrize("file", ["asking.py", "processing.py"])
def test_lint_passes_the_filters_that_are_made(folder: Path, file: str) -> None:
    assert complaints(folder, (ACCESS / file).read_text(encoding="utf-8")) == ""
