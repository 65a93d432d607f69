"""`python -m tests.mutation.trial WORKERS`, in a folder that is laid out: try each mutant in a process of its own.

First everything is asked of the unmutated package, while coverage.py notes which lines it runs. Then a fork for each
mutant asks what runs the lines that it changes, until something answers otherwise.
"""

from __future__ import annotations

import gc
import math
import os
import resource
import sys
import time
import zlib
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import coverage
import pytest

from tests.mutation import switches, targets
from tests.mutation.checks import Check, Laws, checks, forget
from tests.mutation.lines import Module
from tests.mutation.plan import OUTCOMES, Plan, outcome, outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

QUIET = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist")
SURVIVED, NOTICED, NOT_ASKED = 0, 1, 4  # how a fork ends; one that a signal ends has run for ever, or crashed
PYTEST = 1.0
"""Seconds that pytest takes to start, so that checks which take less are asked first."""
LONGEST = 30.0
"""Seconds of processor time that the questions about one mutant take together on the unmutated package, quick ones
first. What is left out cannot notice it: for lack of time a mutant may count as a survivor, never as noticed."""
OF_TESTS = 10.0
"""Seconds of these that are kept for tests: thousands of cases run a reader's lines, a few tests ask what they mean."""
PATIENCE = 5
"""Times that, after which a mutant runs for ever."""


@dataclass
class Asked:
    """What can notice a mutant: checks by name, what each check or test takes, and what runs each line of a module."""

    checks: Mapping[str, Check]
    seconds: Mapping[str, float]
    by_line: Mapping[str, Mapping[int, list[str]]]

    def of(self, module: str, lines: Iterable[int]) -> list[str]:
        """Return what runs one of these lines: quick ones first, alike ones far apart, no more than LONGEST takes.

        The module's own tests are taken before those of others, and asked in their turn.
        """
        found = {name for line in lines for name in self.by_line[module].get(line, ())} - {""}
        own = targets.own_tests(module)
        tests = self._within(OF_TESTS, found - self.checks.keys(), own)
        cases = self._within(LONGEST - sum(self.seconds[name] for name in tests), found & self.checks.keys())
        return sorted([*cases, *tests], key=self._cost) or sorted(found, key=self._cost)[:1]

    def _within(self, limit: float, names: Iterable[str], first: str = "::") -> list[str]:
        ordered = sorted(names, key=lambda name: (not name.startswith(first), _cost(name, self.seconds[name])))
        taken = accumulate(self.seconds[name] for name in ordered)
        return [name for name, until in zip(ordered, taken, strict=True) if until <= limit]

    def _cost(self, name: str) -> tuple[int, int, str]:
        return _cost(name, self.seconds[name] + (0.0 if name in self.checks else PYTEST))


def _cost(name: str, seconds: float) -> tuple[int, int, str]:
    return math.ceil(math.log2(seconds + 0.001)), zlib.crc32(name.encode()), name


@dataclass
class _Noting:
    """A plugin of pytest that tells coverage.py which test runs."""

    noted: coverage.Coverage
    seconds: dict[str, float]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        forget()
        self.noted.switch_context(item.nodeid)
        before = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - before


def main(workers: int) -> int:
    """Try what was not tried yet; return 0 when all was, 1 when something fails without any mutant."""
    folder = Path.cwd()
    plan = Plan.read(folder)
    asked = ask_the_unmutated(folder, plan)
    if asked is None:
        return 1
    took = sum(asked.seconds.values())
    sys.stdout.write(f"{len(asked.checks)} checks and {len(plan.tests)} files of tests took {took:.0f} s\n")
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
    seconds: dict[str, float] = {}
    noted.start()
    chosen = {check.name: check for check in checks(plan.checks)}
    wrong = []
    for name, check in chosen.items():
        forget()
        noted.switch_context(name)
        before = time.process_time()
        if not check.holds(Laws()):
            wrong.append(name)
        seconds[name] = time.process_time() - before
    code = pytest.main([*QUIET, *_deselected(), *plan.tests], [_Noting(noted, seconds)]) if plan.tests else 0
    noted.stop()
    if wrong or code:
        sys.stdout.writelines(f"without any mutant, this is not so: {name}\n" for name in wrong)
        return None
    data = noted.get_data()
    by_line = {module: data.contexts_by_lineno(file) for module, file in files.items()}
    return Asked(chosen, seconds, by_line)


def fork(module: str, mutant: str, what: Iterable[str], asked: Asked) -> int:
    """Start a process in which this mutant stands in for its function; return the process."""
    pid = os.fork()
    if pid:
        return pid
    code = NOTICED
    try:
        limit = int(PATIENCE * LONGEST)
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
    return _ask_pytest(tests) if tests else SURVIVED


def _ask_pytest(tests: Sequence[str]) -> int:
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    code = pytest.main([*QUIET, *tests])
    return {0: SURVIVED, pytest.ExitCode.USAGE_ERROR: NOT_ASKED, pytest.ExitCode.NO_TESTS_COLLECTED: NOT_ASKED}.get(
        code, NOTICED
    )


def _deselected() -> list[str]:
    return ["-k", f"not ({' or '.join(targets.NOT_ASKED)})"]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
