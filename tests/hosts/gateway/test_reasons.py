"""Whoever is refused finds the reason in the documentation, and finds none there that nobody gets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from hosts.gateway import caller, decision, location, service
from hosts.serving import deidentifier

if TYPE_CHECKING:
    from types import ModuleType

PAGE = Path(__file__).parents[3] / "docs" / "access.md"
LEAVING = PAGE.with_name("leaving.md")
HEADERS = {caller.PURPOSE, caller.GRANT}


def given(*modules: ModuleType) -> set[str]:
    """Return the ids of reasons in modules: constants whose values are words joined by hyphens."""
    found = {
        value
        for module in modules or (service, caller, location, decision)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and re.fullmatch(r"[a-z]+(-[a-z]+)+", value)
    }
    return {*found, service.FAULT} - HEADERS


def told(page: str) -> list[str]:
    return [each for each in re.findall(r"^\| `([a-z-]+)` \| .+ \|$", page, re.MULTILINE) if "grant-" not in each]


def test_the_page_tells_the_reasons_that_there_are() -> None:
    found = told(PAGE.read_text(encoding="utf-8"))
    assert len(found) == len(set(found)) == 19
    assert set(found) == given()


def test_the_page_of_what_leaves_tells_why_an_answer_stays() -> None:
    section = LEAVING.read_text(encoding="utf-8").partition("## Through a gateway")[2].partition("\n## ")[0]
    found = told(section)
    assert len(found) == len(set(found)) == 11
    assert set(found) == {*given(deidentifier), deidentifier.FAULT}


def test_a_reason_that_the_page_forgets_is_noticed() -> None:
    """The seeded bug of this family."""
    page = PAGE.read_text(encoding="utf-8").replace("| `clock-jumped` |", "| clock-jumped |")
    assert set(told(page)) != given()
