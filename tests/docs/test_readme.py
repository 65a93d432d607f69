"""The README stays short, and states nothing that ages."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import page, pages

MOST_LINES = 150
FIGURE = re.compile(
    r"(?<![\w.-])\d[\d,.]*\s?(?:%|(?:ms|s|sec|min|h|kB|KB|MB|GB|KiB|MiB|GiB|seconds|minutes|tests|times)\b)"
)
"""A number with a unit of time, size or share, or a count of tests: what a benchmark measures."""
MAY_STATE = ("docs/figures.md", "docs/migration-on-paper.md", "docs/adr/", "CHANGELOG.md", "docs/rules/")
"""Where figures stand with their day; all other pages link there. A rule's page is made of its samples: what it says of
hours and minutes are limits of the law, which nobody measures. The wave on paper is computed by a script."""


def test_the_readme_can_be_read_in_one_go() -> None:
    assert len(page("README.md").text.splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", [one.path for one in pages() if not one.path.startswith(MAY_STATE)])
def test_no_page_states_a_figure_that_only_a_benchmark_can_know(path: str) -> None:
    assert FIGURE.findall(page(path).text) == []


@pytest.mark.parametrize("text", ["18.2 s", "26 min 28 s", "93.4 %", "0.6 GB", "5,949 tests", "34 times", "120MB"])
def test_a_figure_is_recognised(text: str) -> None:
    assert FIGURE.search(f"It takes {text}, warm.")


@pytest.mark.parametrize("text", ["Python 3.11", "port 443", "10.16.0.0/16", "exit code 2", "five minutes", "ADR 16"])
def test_a_fact_is_no_figure(text: str) -> None:
    assert FIGURE.search(f"It has {text}, always.") is None
