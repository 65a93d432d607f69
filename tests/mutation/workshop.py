"""A folder in which mutmut can work: it wants the package at the top, and makes its mutants beside it.

FOLDER/enclave_policies   the package, laid bare
FOLDER/jurisdiction       the pack with its law, where the package looks for it
FOLDER/policy-packs       the same and its neighbours, where tests look for them
FOLDER/tests              the tests
FOLDER/mutants            mutmut's copy of all this, with every mutant and what became of it
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutation import targets
from tests.mutation.bare import bare, left_alone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_IGNORED = shutil.ignore_patterns("__pycache__", ".hypothesis")
LOG = "mutmut.log"


class MutationError(Exception):
    """The mutants cannot be tried; the text names the cause and the next step."""


def lay_out(folder: Path, modules: Sequence[str], tests: Sequence[str], sources: Path = targets.SOURCES) -> list[str]:
    """Fill a new ``folder`` for trying the mutants of ``modules``; return the functions that mutmut leaves alone."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sources, folder / targets.PACKAGE, ignore=_IGNORED)
    shutil.copytree(sources.parent / "jurisdiction", folder / "jurisdiction", ignore=_IGNORED)
    others = shutil.ignore_patterns("__pycache__", targets.PACKAGE)
    shutil.copytree(sources.parent, folder / sources.parent.name, ignore=others)
    shutil.copytree(targets.ROOT / "tests", folder / "tests", ignore=_IGNORED)
    shutil.copyfile(Path(__file__).with_name("worker.py"), folder / "conftest.py")
    project = (targets.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(f"{project}\n{_settings(folder, modules, tests)}", encoding="utf-8")
    missed = []
    for module in modules:
        file = folder / targets.PACKAGE / module
        text = bare(file.read_text(encoding="utf-8"))
        file.write_text(text, encoding="utf-8")
        missed += [f"{module}: {name}" for name in left_alone(text)]
    return missed


def try_mutants(folder: Path, workers: int) -> None:
    """Run mutmut in a folder that is laid out; MutationError unless every mutant was tried."""
    command = [str(Path(sys.executable).with_name("mutmut")), "run", "--max-children", str(workers)]
    log = folder / LOG
    with log.open("w", encoding="utf-8") as file:
        seen = None if sys.stdout.isatty() else file
        code = subprocess.run(
            command, cwd=folder, env=_environment(os.environ), stdout=seen, stderr=subprocess.STDOUT, check=False
        ).returncode
    if code:
        lines = log.read_text(encoding="utf-8").replace("\r", "\n").splitlines()
        tail = [line for line in lines if line.isascii() and line.strip()]  # its spinner is not ASCII
        told = "".join(f"\n    {line}" for line in tail[-30:])
        raise MutationError(f"mutmut ended with {code} in {folder}; are the tests green?{told}")


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    # A test runner above us would reach into the one that mutmut starts.
    return {name: value for name, value in given.items() if not name.startswith(("PYTEST_", "MUTANT_", "MUTMUT_"))}


def _settings(folder: Path, modules: Sequence[str], tests: Sequence[str]) -> str:
    copied = [path.name for path in folder.iterdir() if path.name != targets.PACKAGE]
    settings: dict[str, object] = {
        "source_paths": [targets.PACKAGE],
        "only_mutate": [f"{targets.PACKAGE}/{module}" for module in modules],
        "also_copy": copied,
        "pytest_add_cli_args_test_selection": list(tests),
        "pytest_add_cli_args": ["-k", f"not ({' or '.join(targets.NOT_ASKED)})"],
        "use_git_change_detection": False,
    }
    # A JSON list of strings is a TOML array.
    return "\n".join(["[tool.mutmut]", *(f"{name} = {json.dumps(value)}" for name, value in settings.items()), ""])
