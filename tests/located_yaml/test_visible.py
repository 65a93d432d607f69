"""A text from a stranger's file neither acts on a terminal nor hides on it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from located_yaml import Position, Problem, ProblemsError, visible

HIDING = {
    "clear the screen": "\x1b[2J",
    "an eight-bit control sequence": "\x9b2J",
    "an operating system command": "\x1b]0;title\x07",
    "return": "\r",
    "line feed": "\n",
    "next line": "\x85",
    "line separator": "\u2028",
    "backspace": "\b",
    "null": "\0",
    "right-to-left override": "\u202e",
    "right-to-left mark": "\u200f",
    "isolate": "\u2067",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "byte order mark": "\ufeff",
    "soft hyphen": "\xad",
    "word joiner": "\u2060",
    "a filler that counts as a letter": "\u3164",
    "a blank of braille": "\u2800",
    "a variation selector": "\ufe0f",
    "a tag": "\U000e0041",
    "no-break space": "\xa0",
    "half a letter": "\ud800",
    "a private letter": "\ue000",
    "a Hebrew letter": "\u05d0",
    "an Arabic letter": "\u0627",
}
PLAIN = ["enclave-eu", "Gjøvik", "straße", "東京", "a b", "it's \\x1b", "🙂", "café", "— … “”", "x\\u202e"]


@pytest.mark.parametrize("name", HIDING)
def test_what_acts_or_hides_is_shown(name: str) -> None:
    assert visible(f"a{HIDING[name]}b").isascii()
    assert visible(f"a{HIDING[name]}b") != "ab"


@pytest.mark.parametrize("text", PLAIN)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(st.text(st.characters()))
def test_no_text_keeps_a_letter_that_acts(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert all(unicodedata.category(letter)[0] != "C" for letter in shown)
    assert not any(unicodedata.bidirectional(letter) in ("R", "AL", "RLO", "RLE", "RLI") for letter in shown)
    assert visible(shown) == shown


def test_what_is_no_file_has_no_line() -> None:
    problem = Problem(Position.without_line("standard input"), "is closed")
    assert str(ProblemsError([problem])) == "standard input: is closed"


def test_a_problem_is_one_line_whatever_it_names() -> None:
    problem = Problem(Position("\x1b[2Jx.yaml", 1, 1), "'\x1b[32m\nclean: all passed'")
    assert str(ProblemsError([problem])) == "\\x1b[2Jx.yaml:1:1: '\\x1b[32m\\nclean: all passed'"
