"""What the page says of days that are left, of texts that nobody sees, and of code within a sentence."""

from __future__ import annotations

import pytest

from evidence.renderers.page import render
from evidence.renderers.page.visible import LONGEST, ticks, visible
from evidence.renderers.page.words import ending
from tests.evidence.bundles import small


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (None, "no end", "plain"),
        (400, "red in 401 days", "plain"),
        (90, "red in 91 days", "warn"),
        (0, "red in 1 day", "warn"),
        (-1, "over for 1 day", "bad"),
        (-40, "over for 40 days", "bad"),
    ],
)
def test_the_last_day_still_counts_and_the_day_after_is_red(days: int | None, words: str, tone: str) -> None:
    assert (ending(days).words, ending(days).tone) == (words, tone)


def test_a_flow_and_an_exception_say_when_they_turn_red() -> None:
    page = render(small()).decode()
    assert page.count("red in 42 days") == 2
    assert page.count('<span class="day">2027-01-09</span>') >= 2


def test_a_site_says_what_was_accepted_of_it_and_which_gates_are_open() -> None:
    page = render(small()).decode()
    assert "<dt>accepted</dt><dd>keys: by site-manager on 2026-11-01, until 2027-11-01</dd>" in page
    assert "<dt>open gate</dt><dd>racks (every rack was burned in): nobody has signed it</dd>" in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, åß漢字 🙂", "plain, åß漢字 🙂"),
        ("\u202edne", "\\u202edne"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("one\ttwo\nthree", "one\ttwo\nthree"),
    ],
)
def test_what_nobody_sees_is_spelled_out_and_nothing_else(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_long_text_is_cut_and_its_length_told() -> None:
    assert visible("x" * LONGEST) == "x" * LONGEST
    assert visible("x" * 12_345) == f"{'x' * LONGEST}… (12,345 characters)"


def test_code_between_backticks_is_code_and_is_escaped() -> None:
    assert ticks("run `a <b>` & see") == "run <code>a &lt;b&gt;</code> &amp; see"
    assert ticks("one ` alone <i>") == "one ` alone &lt;i&gt;"
