"""The page of faults names tests that there are, with as many cases as there are."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from pathlib import Path
from subprocess import run
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "gateway-faults.md"
ROW: Final = re.compile(r"^\| .+ \| \[(test_\w+)\]\(\.\./(tests/[\w/]+\.py)\) \| (\d+) \|$", re.MULTILINE)


def told(page: str) -> dict[str, int]:
    return {f"{file}::{name}": int(cases) for name, file, cases in ROW.findall(page)}


def collected(files: set[str]) -> Counter[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0", *sorted(files)]
    plain = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    done = run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=plain)
    return Counter(line.partition("[")[0] for line in done.stdout.splitlines() if "::" in line)


def test_the_page_tells_the_tests_as_they_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = told(page)
    assert len(found) == page.count("](../tests/") > 30, "a row is not as the others"
    there = collected({name.partition("::")[0] for name in found})
    assert found == {name: there[name] for name in found}
    faults = [name for name in there if name.startswith("tests/gateways/test_fault") and name not in found]
    assert all(is_near_miss(name) for name in faults), faults


def is_near_miss(name: str) -> bool:
    """Whether a test of faults shows what must pass: those are not faults, and not on the page."""
    return bool(re.search(r"still_good|everybody_reads_alike|its_own_name|passes_at_all|disturbs_nobody|as_they", name))


def test_a_row_with_another_number_is_noticed() -> None:
    """The seeded bug of this family."""
    page = PAGE.read_text(encoding="utf-8")
    assert told(page) != told(re.sub(r"\| 13 \|$", "| 14 |", page, flags=re.MULTILINE))
