"""What is mutated, what must be noticed, and the tests that have to notice: the one place to edit."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "enclave_policies"
SOURCES = ROOT / "policy-packs" / PACKAGE

# Everything in the package is mutated, so that a new file is too, except what decides nothing about a resource.
NOT_MUTATED = (
    "judging/adapter.py",  # talks to the engine; tests/enclave_policies/judging/test_adapter.py
    "judging/promise.py",
    "judging/packs.py",  # a table
    "resources/export*.py",  # read a state file
    "law/*",  # read the law's files, and refuse bad ones
    "sdk/*",  # holds the catalog against the SDKs
    *("catalog/tables/*", "catalog/stored.py"),  # read and write the catalog's files, and refuse bad ones
    "guardrails/*",  # generate documents
    # Not yet: their families of tests keep seeded bugs of their own.
    *("network/*", "key_custody/*", "rules/segmentation/*", "rules/key_custody/*"),
)
LEAST_TOTAL, LEAST_RESOLVER = 0.90, 1.0
# The law itself answers what is the enclave's own.
MUTATED_AFTER_ALL = ("law/model.py",)
# All else that is mutated is the resolver, which says where a resource is and what it reaches: nothing may be missed.
NOT_RESOLVER = (
    *("rules/*", "reading/rule.py", "reading/finding.py", "resources/unknown.py"),
    # Readers of free text and of custom resources' shapes: there is no end to what people write, so what they find is
    # sampled, never complete. What they found is judged by the other modules of kubernetes/, which stay in.
    "texts/*",
    *(f"kubernetes/{name}.py" for name in ("survey", "surveyed", "contents", "clouds", "controllers")),
    *(f"kubernetes/{name}.py" for name in ("mutations", "podspec")),
)

TESTS = ROOT / "tests" / PACKAGE
# Start processes, read whole SDKs, draw hundreds of examples, or judge the whole corpus for one answer: too slow to be
# run thousands of times; or look at no rule at all. The corpus is asked case by case in checks.py.
SLOW_TESTS = (
    *("test_adapter.py", "test_corpus.py", "test_export*.py", "test_pack_process.py", "test_properties.py"),
    *("test_law*.py", "test_damaged_law.py", "test_sdk_*.py", "test_type*.py", "test_sealing.py"),
)
SLOW_ROOMS = ("guardrails", "network", "key_custody", "segmentation", "sdk")
# Tests of the samples rather than of the rules; and tests of one sample each, which checks.py asks without pytest.
NOT_ASKED = ("loss_of", "seeded", "has_an_allowed", "verdict_on_each_sample")


def is_mutated(module: str) -> bool:
    """Whether a file is mutated, named by its path below the package, such as ``rules/jurisdiction/zone.py``."""
    return module in MUTATED_AFTER_ALL or not any(fnmatch(module, pattern) for pattern in NOT_MUTATED)


def least(module: str) -> float:
    """Return the share of mutants of a file that must be noticed, 0 where only the total counts."""
    return 0.0 if any(fnmatch(module, pattern) for pattern in NOT_RESOLVER) else LEAST_RESOLVER


def modules() -> list[str]:
    """Return every mutated file of the package, by its path below it."""
    found = sorted(path.relative_to(SOURCES).as_posix() for path in SOURCES.rglob("*.py"))
    return [module for module in found if is_mutated(module)]


def tests() -> list[str]:
    """Return the test files that are quick enough, by their path below the repository."""
    found = sorted(path for path in TESTS.rglob("test_*.py") if path.relative_to(TESTS).parts[0] not in SLOW_ROOMS)
    quick = [path for path in found if not any(fnmatch(path.name, pattern) for pattern in SLOW_TESTS)]
    return [path.relative_to(ROOT).as_posix() for path in quick]
