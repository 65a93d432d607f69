"""The YAML loader keeps what was written, and says where."""

import pytest
import yaml

from located_yaml import ProblemsError
from located_yaml.loader import loads


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("0777", 777),
        ("0o17", 15),
        ("0xff", 255),
        ("1_000", "1_000"),
        ("2026-11-22", "2026-11-22"),
        ("true", True),
        ("~", None),
        ("'1'", "1"),
        ("1.5e3", 1500.0),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(text: str, value: object) -> None:
    found = loads(f"key: {text}", "x.yaml").data["key"]
    assert found == value
    assert type(found) is type(value)


def test_pyyaml_alone_would_take_norway_for_false() -> None:
    """The seeded bug of this family: the loader that we do not use fails the promise above."""
    assert yaml.safe_load("key: NO")["key"] is False


def test_a_country_code_stays_a_key() -> None:
    assert loads("NO: 1\nIE: 2", "x.yaml").data == {"NO": 1, "IE": 2}


def test_a_repeated_key_is_refused_with_both_lines() -> None:
    with pytest.raises(ProblemsError) as caught:
        loads("a: 1\nb: 2\na: 3\n", "x.yaml")
    assert str(caught.value) == "x.yaml:3:1: key 'a' is given twice (first on line 1); remove one"


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\tb: 1", "--- 1\n--- 2\n", "a: \x00"])
def test_what_is_not_yaml_is_refused_with_a_place_and_no_traceback(text: str) -> None:
    with pytest.raises(ProblemsError, match=r"^x\.yaml:\d+:\d+: is not valid YAML: "):
        loads(text, "x.yaml")


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("a: &a [*a]", ["x.yaml:1:4: '&a' is an anchor", "x.yaml:1:8: '*a' repeats a value by reference"]),
        ("a: *nowhere", ["x.yaml:1:4: '*nowhere' repeats a value by reference"]),
        ("a: 1\nb: !!str 5", ["x.yaml:2:4: 'tag:yaml.org,2002:str' is a tag"]),
        ("? [a]\n: 1\n? *b\n: {c: [1]}", ["x.yaml:1:3: a key must be a plain word", "x.yaml:3:3: a key must be"]),
    ],
)
def test_what_no_declaration_needs_is_refused_at_its_place(text: str, messages: list[str]) -> None:
    with pytest.raises(ProblemsError) as caught:
        loads(text, "x.yaml")
    for message, problem in zip(messages, caught.value.problems, strict=True):
        assert str(problem).startswith(message)


@pytest.mark.parametrize("text", ["[" * 200_000 + "]" * 200_000, "[" * 200_000, "{a: " * 500 + "}" * 500])
def test_a_text_of_brackets_is_refused_and_ends_no_process(text: str) -> None:
    with pytest.raises(ProblemsError, match="nested deeper than 100 levels"):
        loads(text, "x.yaml")


def test_thousands_of_digits_stay_text() -> None:
    assert loads("9" * 5000, "x.yaml").data == "9" * 5000


def test_a_position_is_that_of_the_key_or_of_its_nearest_parent() -> None:
    document = loads("a:\n  b: [1, 2]\n", "x.yaml")
    assert str(document.position(("a", "b"))) == "x.yaml:2:3"
    assert str(document.position(("a", "b", 1))) == "x.yaml:2:10"
    assert str(document.position(("a", "missing", "deep"))) == "x.yaml:1:1"
