"""One person cannot own an exception and approve it by writing the own name in two ways."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from enclave_policies.law.folder import people
from enclave_policies.law.folder.people import problem_with
from hypothesis import given
from hypothesis import strategies as st

NAME = "Kari Nordmann"
ONE = {
    "the same": NAME,
    "case": "KARI nordmann",
    "two spaces": "Kari  Nordmann",
    "spaces round it": "  Kari Nordmann ",
    "no space": "KariNordmann",
    "a no-break space": "Kari\u00a0Nordmann",
    "a thin space": "Kari\u2009Nordmann",
    "a tab": "Kari\tNordmann",
    "a zero-width space": "Kari\u200b Nordmann",
    "a zero-width joiner": "Ka\u200dri Nordmann",
    "a soft hyphen": "Kari Nord\u00admann",
    "a byte order mark": "\ufeffKari Nordmann",
    "a mark of direction": "Kari Nordmann\u200e",
    "a variation selector": "Kari\ufe0f Nordmann",
    "Cyrillic letters": "K\u0430ri Nordm\u0430nn",
    "a Greek letter": "\u039aari Nordmann",
    "a dotless i": "Kar\u0131 Nordmann",
    "wide letters": "\uff2bari Nordmann",
    "mathematical letters": "\U0001d40aari Nordmann",
    "a digit for a letter": "Kar1 N0rdmann",
    "letters that join": "Kari Nordrnann",
    "an accent": "K\u00e1ri Nordmann",
    "a combining accent": "Ka\u0301ri Nordmann",
    "the other order": "Nordmann, Kari",
    "a hyphen": "Kari-Nordmann",
    "an underscore": "kari_nordmann",
    "dots": "kari.nordmann",
    "quotes": "'Kari Nordmann'",
    "an address beside it": "Kari Nordmann <kari@enclave.example>",
}
TWO = {
    "another first name": "Karin Nordmann",
    "a first name that is one stroke away": "Karl Nordmann",
    "another last name": "Kari Hansen",
    "a colleague": "Aoife Byrne",
    "an anagram": "Kira Nordmann",
    "a name in another script": "\u041a\u0430\u0442\u044f \u041d\u043e\u0440\u0434",
    "an initial of another": "A. Nordmann",
    "a longer name of another": "Kari Hansen Nordby",
}


@pytest.mark.parametrize("name", ONE)
def test_one_person_in_two_spellings_is_one(name: str) -> None:
    assert problem_with(NAME, ONE[name])
    assert problem_with(ONE[name], NAME)


def test_a_large_i_is_no_other_person_than_a_small_l() -> None:
    assert problem_with("KARI NORDMANN", "KARl NORDMANN")


@pytest.mark.parametrize("name", TWO)
def test_two_people_are_two(name: str) -> None:
    assert problem_with(NAME, TWO[name]) is None


@pytest.mark.parametrize(
    ("owner", "approver", "one"),
    [
        ("kari@enclave.example", "Kari@Enclave.Example", True),
        ("kari@enclave.example", "kari+approvals@enclave.example", True),
        ("Kari <kn@enclave.example>", "The Approver <kn@enclave.example>", True),
        ("kari@enclave.example", "kari@inspector.example", False),
        ("kari@enclave.example", "aoife@enclave.example", False),
        ("storage team", "data protection officer", False),
    ],
)
def test_a_mail_address_is_one_person(owner: str, approver: str, one: bool) -> None:
    assert (problem_with(owner, approver) is not None) is one


@pytest.mark.parametrize(
    ("owner", "approver"),
    [
        (NAME, "K. Nordmann"),
        (NAME, "Kari N."),
        (NAME, "K N"),
        (NAME, "Kari"),
        (NAME, "Nordmann"),
        (NAME, "Dr. Kari Nordmann"),
        (NAME, "Kari Nordmann (owner)"),
        (NAME, "Kari Anne Nordmann"),
        (NAME, "kari.nordmann@enclave.example"),
        (NAME, "k.nordmann@enclave.example"),
        ("storage team", "team"),
    ],
)
def test_a_name_that_may_be_the_owners_is_asked_for(owner: str, approver: str) -> None:
    for one, other in ((owner, approver), (approver, owner)):
        assert "written shorter or longer" in str(problem_with(one, other))


def test_two_mail_addresses_settle_whose_a_short_name_is() -> None:
    assert problem_with(f"{NAME} <kari@enclave.example>", "K. Nordmann <knut@enclave.example>") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Øyvind Lie", "Oyvind Lie"),
        ("Øyvind Lie", "Oeyvind Lie"),
        ("Jürgen Groß", "Juergen Gross"),
        ("Åse Dahl", "Aase Dahl"),
        ("Łukasz Nowak", "Lukasz Nowak"),
        ("Æsa Þórr", "Aesa Thorr"),
        ("Đorđe Ilić", "Dorde Ilic"),
        ("Jürgen", "Ju\u0308rgen"),
    ],
)
def test_letters_that_people_also_write_otherwise_make_no_second_person(one: str, other: str) -> None:
    assert "owns the exception and approves it" in str(problem_with(one, other))
    assert "owns the exception and approves it" in str(problem_with(other, one))


@pytest.mark.parametrize("name", ["\u200b", "\u200b\u2060", "...", "-", "\ufe0f"])
def test_a_name_that_nobody_sees_is_none(name: str) -> None:
    assert "write it out" in str(problem_with(name, NAME))


@given(st.text(min_size=1, max_size=20), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_no_normal_form_makes_a_second_person(name: str, form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> None:
    assert problem_with(name, unicodedata.normalize(form, name))


def test_a_comparison_without_case_alone_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: what was compared once."""
    monkeypatch.setattr(people, "looks", lambda name: frozenset({name.casefold()}))
    missed = {name for name in ONE if "owns the exception" not in str(problem_with(NAME, ONE[name]))}
    assert missed >= {"two spaces", "Cyrillic letters", "dots"}
