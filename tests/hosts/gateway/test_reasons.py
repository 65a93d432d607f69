"""Whoever is refused finds the reason in the documentation, and finds none there that nobody gets."""

from __future__ import annotations

import re
from pathlib import Path

from hosts.gateway import caller, decision, location, service

PAGE = Path(__file__).parents[3] / "docs" / "access.md"
HEADERS = {caller.PURPOSE, caller.GRANT}


def given() -> set[str]:
    """Return the ids of reasons in the code: constants whose values are words joined by hyphens."""
    found = {
        value
        for module in (service, caller, location, decision)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and re.fullmatch(r"[a-z]+(-[a-z]+)+", value)
    }
    return {*found, service.FAULT} - HEADERS


def told(page: str) -> list[str]:
    return [each for each in re.findall(r"^\| `([a-z-]+)` \| .+ \|$", page, re.MULTILINE) if "grant-" not in each]


def test_the_page_tells_the_reasons_that_there_are() -> None:
    found = told(PAGE.read_text(encoding="utf-8"))
    assert len(found) == len(set(found)) == 17
    assert set(found) == given()


def test_a_reason_that_the_page_forgets_is_noticed() -> None:
    """The seeded bug of this family."""
    page = PAGE.read_text(encoding="utf-8").replace("| `clock-jumped` |", "| clock-jumped |")
    assert set(told(page)) != given()
