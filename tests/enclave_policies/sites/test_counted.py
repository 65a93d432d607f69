"""How many mistakes about stages, migration and what leaves are seeded, and how many near misses stay clean."""

from __future__ import annotations

from pathlib import Path

from located_yaml import load

TESTS = Path(__file__).parents[2]
FAULTS, NEAR_MISSES = 40, 25
EACH_FAMILY = 10
"""Faults of each family at least: many of one do not stand for another."""


def _counted(file: str, key: str) -> tuple[int, int]:
    """Return how many cases of a file are refused, which say so by a key, and how many are clean."""
    cases = load(TESTS / file).data
    rows = cases["cases"] if isinstance(cases, dict) else cases
    faults = sum(each.get(key) not in (None, [], {}, "clean") for each in rows)
    return faults, len(rows) - faults


def test_there_are_as_many_mistakes_and_near_misses_as_promised() -> None:
    families = {
        "stages": [
            _counted("enclave_policies/sites/mistakes.yaml", "verdict"),
            _counted("enclave_policies/sites/draining.yaml", "refused"),
            _counted("enclave_policies/access/accepted.yaml", "expect"),
        ],
        "migration": [
            _transitional(),
            _counted("corpus/one-way.yaml", "verdict"),
            _counted("corpus/failover.yaml", "verdict"),
        ],
        "what leaves": [_counted("enclave_policies/access/leaving.yaml", "expect")],
    }
    for name, files in families.items():
        assert sum(faults for faults, _ in files) >= EACH_FAMILY, name
    every = [each for files in families.values() for each in files]
    assert sum(faults for faults, _ in every) >= FAULTS
    assert sum(near for _, near in every) >= NEAR_MISSES


def _transitional() -> tuple[int, int]:
    data = load(TESTS / "enclave_policies" / "sites" / "transitional.yaml").data
    return len(data["refused"]) + len(data["badly written"]), len(data["clean"]) + len(data["well written"])
