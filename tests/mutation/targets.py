"""What is mutated, what must be noticed, and the tests that have to notice: the one place to edit."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "enclave_policies"
SOURCES = ROOT / "policy-packs" / PACKAGE

# Everything in the package is mutated, so that a new file is too, except what decides nothing about a resource.
NOT_MUTATED = (
    *("judging/adapter.py", "judging/side_channel.py"),  # talk to the engine and to the gate
    *("judging/packs.py", "judging/promise.py"),  # a table, and what it promises
    *("law/*", "catalog/tables/*", "catalog/stored.py", "catalog/whole.py"),  # read files, and refuse bad ones
    "sdk/*",  # generates the table of types
    "guardrails/*",  # generates documents
)
# The law itself answers what is the enclave's own, and whether a flow has a basis.
MUTATED_AFTER_ALL = ("law/model.py", "law/basis.py")
LEAST_TOTAL, LEAST_READERS = 0.90, 1.0
LEAST_OF_ROOMS = {"rules": 0.90, "network": 0.90, "key_custody": 0.90}
# What says where a resource is and what it reaches: nothing of it may be missed, as no rule sees what was not read.
READERS = ("resources/*", "identifiers/*", "places/*", "texts/*", "iam/*", "reading/*", "kubernetes/*")

TESTS = ROOT / "tests" / PACKAGE
# Start processes, read whole SDKs, judge the whole corpus for one answer, or take many seconds for one: too slow to be
# run thousands of times; or look at nothing that is mutated. Tables of cases are asked one by one in checks.py.
SLOW_TESTS = (
    *("judging/test_broken_objects.py", "judging/test_packs.py"),
    *("judging/test_adapter.py", "judging/test_corpus.py", "judging/test_pack_process.py"),
    *("judging/test_properties.py", "judging/test_sealing.py", "judging/test_side_channel.py"),
    *("law/test_law*.py", "law/test_damaged_law.py", "law/test_strangers.py", "guardrails/*", "sdk/*"),
    *("catalog/test_type_catalog.py", "catalog/test_tables.py"),
    *("network/kubernetes/test_meeting_work.py", "texts/test_unread_texts.py"),
)
# Tests of tables that checks.py asks case by case, without pytest.
ASKED_BY_CASE = (
    *("rules/test_rules.py", "kubernetes/test_cases.py", "key_custody/test_cases.py"),
    *("network/aws/test_cases.py", "segmentation/test_breaks.py", "texts/test_twins.py"),
)
# Words in the names of tests that try the tests rather than the rules.
NOT_ASKED = ("loss_of", "seeded", "noticed", "caught")


def is_mutated(module: str) -> bool:
    """Whether a file is mutated, named by its path below the package, such as ``places/hosts.py``."""
    return module in MUTATED_AFTER_ALL or not _matches(module, NOT_MUTATED)


def least(module: str) -> float:
    """Return the share of mutants of a file that must be noticed, 0 where only the total counts."""
    return LEAST_READERS if _matches(module, READERS) else 0.0


def modules(patterns: Sequence[str] = ("*",)) -> list[str]:
    """Return the mutated files of the package that one of the patterns names, by their path below it."""
    return [module for module in every_module() if is_mutated(module) and _matches(module, patterns)]


def tests() -> list[str]:
    """Return the test files that are quick enough, by their path below the repository."""
    quick = [path for path in every_test() if not _matches(path, (*SLOW_TESTS, *ASKED_BY_CASE))]
    return [(TESTS / path).relative_to(ROOT).as_posix() for path in quick]


def own_tests(module: str) -> str:
    """Return how the names of the tests begin that ask a module, by its path below the package, about itself."""
    folder, _, name = module.rpartition("/")
    return (TESTS / folder / f"test_{name}").relative_to(ROOT).as_posix() + "::"


def every_module() -> list[str]:
    """Return every file of the package, by its path below it."""
    return sorted(path.relative_to(SOURCES).as_posix() for path in SOURCES.rglob("*.py"))


def every_test() -> list[str]:
    """Return every file of tests of the package, by its path below theirs."""
    return sorted(path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py"))


def unused(patterns: Iterable[str], paths: Iterable[str]) -> list[str]:
    """Return the patterns that name no path: a list of exceptions that nobody needs hides the next one."""
    paths = list(paths)
    return [pattern for pattern in patterns if not any(fnmatch(path, pattern) for path in paths)]


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)
