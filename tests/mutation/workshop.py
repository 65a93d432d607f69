"""A folder with the mutated package at its top, before the real one on Python's path, and all that its tests need.

FOLDER/enclave_policies   the package, laid bare, each function beside its mutants (mutmut makes them)
FOLDER/jurisdiction, …    every pack with its law, where the package looks for them
FOLDER/policy-packs       the same, where tests look for them
FOLDER/tests, stacks, …   the tests, and what they read
FOLDER/plan.json          what is to be tried
FOLDER/outcomes.jsonl     what became of each mutant so far
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import chdir
from typing import TYPE_CHECKING

from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.mutation.trampoline_templates import trampoline_imports

from tests.mutation import targets
from tests.mutation.bare import bare, left_alone
from tests.mutation.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.mutation.sample import Choice

READ_BY_TESTS = ("tests", "stacks", "docs", "components")
_IGNORED = shutil.ignore_patterns("__pycache__", ".hypothesis")
_OURS = "\nfrom tests.mutation.switches import switched as _mutmut_mutated, MutantDict\n"
LOG = "trial.log"


class MutationError(Exception):
    """The mutants cannot be tried; the text names the cause and the next step."""


def lay_out(
    folder: Path,
    modules: Sequence[str],
    tests: Sequence[str],
    *,
    sources: Path = targets.SOURCES,
    checks: Sequence[str] = ("",),
    sample: Choice | None = None,
) -> list[str]:
    """Fill a new ``folder`` for trying the mutants of ``modules``; return the functions that mutmut leaves alone.

    ``checks`` is how the names of the checks that are asked begin, all of them by default; ``sample``: which mutants.
    """
    _copy(folder, sources)
    missed: list[str] = []
    mutants: dict[str, list[str]] = {}
    spans: dict[str, dict[str, tuple[int, int]]] = {}
    for module in modules:
        file = folder / targets.PACKAGE / module
        text = bare(file.read_text(encoding="utf-8"))
        with chdir(targets.ROOT):  # mutmut reads its settings where it is
            made = mutate_file_contents(str(file), text)
        if made.mutant_names and trampoline_imports not in made.code:
            raise MutationError("mutmut imports its wrapper in another way than before: see _OURS in workshop.py")
        file.write_text(made.code.replace(trampoline_imports, _OURS), encoding="utf-8")
        mutants[module] = [name.rpartition(".")[2] for name in made.mutant_names]
        spans[module] = {name: (span.start, span.end) for name, span in made.line_span_by_function_name.items()}
        missed += [f"{module}: {name}" for name in left_alone(text)]
    Plan(sample.draw(mutants) if sample else mutants, spans, tests, checks).write(folder)
    return missed


def _copy(folder: Path, sources: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sources, folder / targets.PACKAGE, ignore=_IGNORED)
    for pack in sorted(path.parent for path in sources.parent.glob("*/PulumiPolicy.yaml")):
        shutil.copytree(pack, folder / pack.name, ignore=_IGNORED)
    others = shutil.ignore_patterns("__pycache__", targets.PACKAGE)
    shutil.copytree(sources.parent, folder / sources.parent.name, ignore=others)
    for name in READ_BY_TESTS:
        shutil.copytree(targets.ROOT / name, folder / name, ignore=_IGNORED)
    for file in ("pyproject.toml", "README.md"):
        shutil.copyfile(targets.ROOT / file, folder / file)


def try_mutants(folder: Path, workers: int) -> None:
    """Try the mutants of a folder that is laid out, but those that were; MutationError unless all were tried."""
    command = [sys.executable, "-m", "tests.mutation.trial", str(workers)]
    log = folder / LOG
    with log.open("w", encoding="utf-8") as file:
        code = subprocess.run(
            command, cwd=folder, env=_environment(os.environ), stdout=file, stderr=subprocess.STDOUT, check=False
        ).returncode
    if code:
        told = "".join(f"\n    {line}" for line in log.read_text(encoding="utf-8").splitlines()[-30:])
        raise MutationError(f"the trial ended with {code} in {folder}; are the tests green?{told}")


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    # A test runner above us would reach into the one that a trial starts. What is not in the folder is this clone's.
    kept = {name: value for name, value in given.items() if not name.startswith("PYTEST_")}
    return kept | {"PYTHONPATH": str(targets.ROOT)}
