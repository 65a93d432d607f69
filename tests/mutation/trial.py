"""`python -m tests.mutation.trial WORKERS`, in a folder that is laid out: try each mutant in a process of its own.

First everything is asked of the unmutated package, while coverage.py notes which lines it runs. Then a fork for each
mutant asks what runs the lines that it changes, until something answers otherwise.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import coverage
import pytest

from tests.mutation import switches, targets
from tests.mutation.checks import Check, Laws, checks, forget
from tests.mutation.lines import Module
from tests.mutation.plan import OUTCOMES, Plan, outcome, outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

QUIET = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist")
SURVIVED, NOTICED, NOT_ASKED = 0, 1, 4  # how a fork ends; one that a signal ends has run for ever, or crashed
PATIENCE = 5  # times the processor time that everything takes on the unmutated package


@dataclass
class Asked:
    """What can notice a mutant: the checks by name, and per module and line, the checks and tests that run it."""

    checks: Mapping[str, Check]
    by_line: Mapping[str, Mapping[int, list[str]]]
    seconds: float

    def of(self, module: str, lines: Iterable[int]) -> list[str]:
        """Return what runs one of these lines: checks, as they are quicker, then tests, and alike ones far apart."""
        found = {name for line in lines for name in self.by_line[module].get(line, ())}
        return sorted(found, key=lambda name: (name not in self.checks, zlib.crc32(name.encode()), name))


@dataclass
class _Noting:
    """A plugin of pytest that tells coverage.py which test runs."""

    noted: coverage.Coverage

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        forget()
        self.noted.switch_context(item.nodeid)
        return (yield)


def main(workers: int) -> int:
    """Try what was not tried yet; return 0 when all was, 1 when something fails without any mutant."""
    folder = Path.cwd()
    plan = Plan.read(folder)
    asked = ask_the_unmutated(folder, plan)
    if asked is None:
        return 1
    sys.stdout.write(f"{len(asked.checks)} checks and {len(plan.tests)} files of tests took {asked.seconds:.0f} s\n")
    done = outcomes(folder)
    left = [(module, name) for module, names in plan.mutants.items() for name in names if (module, name) not in done]
    modules = {
        module: Module.of((folder / targets.PACKAGE / module).read_text(encoding="utf-8"), plan.spans[module])
        for module in plan.mutants
    }
    sys.stdout.flush()
    gc.freeze()  # a fork that collects nothing copies nothing
    gc.disable()
    running: dict[int, tuple[str, str]] = {}
    not_asked = []
    with (folder / OUTCOMES).open("a", encoding="utf-8", buffering=1) as file:
        while left or running:
            while left and len(running) < workers:
                module, mutant = left.pop(0)
                of = modules[module]
                what = asked.of(module, of.changes(mutant)[2]) or asked.of(module, of.original(mutant))
                running[fork(module, mutant, what, asked)] = (module, mutant)
            pid, status = os.wait()
            module, mutant = running.pop(pid)
            code = os.waitstatus_to_exitcode(status)
            if code == NOT_ASKED:
                not_asked.append(mutant)
            else:
                file.write(outcome(module, mutant, noticed=code != SURVIVED))
    sys.stdout.writelines(f"pytest could not be asked about {mutant}\n" for mutant in not_asked)
    return 1 if not_asked else 0


def ask_the_unmutated(folder: Path, plan: Plan) -> Asked | None:
    """Ask everything while lines are noted; None, with what is wrong printed, when an answer is not the right one."""
    files = {module: str(folder / targets.PACKAGE / module) for module in plan.mutants}
    noted = coverage.Coverage(data_file=None, include=list(files.values()), config_file=False)
    before = time.process_time()
    noted.start()
    chosen = {check.name: check for check in checks() if check.name.startswith(plan.checks)}
    wrong = []
    for name, check in chosen.items():
        forget()
        noted.switch_context(name)
        if not check.holds(Laws()):
            wrong.append(name)
    code = pytest.main([*QUIET, *_deselected(), *plan.tests], [_Noting(noted)]) if plan.tests else 0
    noted.stop()
    if wrong or code:
        sys.stdout.writelines(f"without any mutant, this is not so: {name}\n" for name in wrong)
        return None
    data = noted.get_data()
    by_line = {module: data.contexts_by_lineno(file) for module, file in files.items()}
    return Asked(chosen, by_line, time.process_time() - before)


def fork(module: str, mutant: str, what: Iterable[str], asked: Asked) -> int:
    """Start a process in which this mutant stands in for its function; return the process."""
    pid = os.fork()
    if pid:
        return pid
    code = NOTICED
    try:
        limit = int(PATIENCE * asked.seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        code = _ask(f"{targets.PACKAGE}.{module.removesuffix('.py').replace('/', '.')}", mutant, what, asked)
    finally:
        os._exit(code)  # whatever is raised comes from the mutant


def _ask(module: str, mutant: str, what: Iterable[str], asked: Asked) -> int:
    switches.choose(module.removesuffix(".__init__"), mutant)
    forget()
    laws, tests = Laws(), []
    for name in what:
        if name not in asked.checks:
            tests.append(name)
        elif not asked.checks[name].holds(laws):
            return NOTICED
    if not tests:
        return SURVIVED
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    code = pytest.main([*QUIET, *_deselected(), *tests])
    return {0: SURVIVED, pytest.ExitCode.USAGE_ERROR: NOT_ASKED, pytest.ExitCode.NO_TESTS_COLLECTED: NOT_ASKED}.get(
        code, NOTICED
    )


def _deselected() -> list[str]:
    return ["-k", f"not ({' or '.join(targets.NOT_ASKED)})"]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
