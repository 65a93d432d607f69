"""A configuration text becomes the tree that its program reads, whatever form it has; any other text is none."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.texts.documents import MOST_VALUES, document

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{inner}'] * 10)}]\n" for inner, name in zip("abcde", "bcdef", strict=True)
)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('{"a": 1}', {"a": 1}),
        (' ["a"] ', ["a"]),
        ("{a: b}", None),
        ("[section]\n", None),
        ("host: a.b", None),
        ("host: a.b\n", {"host": "a.b"}),
        ("say host: a.b\n", None),
        ("a words\n", None),
        ("a: 1\nb: NO\n", {"a": "1", "b": "NO"}),
        ("a: 1\n---\nb: 2\n", [{"a": "1"}, {"b": "2"}]),
        ("a: 1\n---\n# nothing\n---\n", {"a": "1"}),
        ("a: 1\n---\nsome words\n", None),
        ("# nothing\n\n# at all\n", None),
        ("a: 1\na: 2\n", {"a": ["1", "2"]}),
        ("1: x\n2: y\n", {"1": "x", "2": "y"}),
        ("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n", {"a": {"b": "1", "c": "2"}, "d": {"b": "1", "c": "3"}}),
        (
            "a: &x {b: 1}\ne: &y {f: 2}\nd:\n  <<: [*x, *y]\n  c: 3\n",
            {"a": {"b": "1"}, "e": {"f": "2"}, "d": {"b": "1", "f": "2", "c": "3"}},
        ),
        (
            "a: &x {b: 1}\ne: &y {f: 2}\nd:\n  <<: *x\n  <<: *y\n",
            {"a": {"b": "1"}, "e": {"f": "2"}, "d": {"b": "1", "f": "2"}},
        ),
        ("a:\n  <<: 7\n  b: 1\n", {"a": {"b": "1"}}),
        ("a: !mine [b, !yours c]\nd: !mine {e: f}\n", {"a": ["b", "c"], "d": {"e": "f"}}),
        ("a:\n\tb: 1\n\tc:\n\t\td: 2\n", {"a": {"b": "1", "c": {"d": "2"}}}),
        ("a = 1\nb = true\n[c]\nd = ['x']\n", {"a": "1", "b": "true", "c": {"d": ["x"]}}),
        ("[a]\nb = c d\n[a]\nb = e ; f\n", {"a": [{"b": "c d"}, {"b": "e ; f"}]}),
        ("x = y z\n[a]\n  Name  s3\n", {"x": "y z", "a": {"Name": "s3"}}),
        ("[a]\nb = 'c'\n  and more\n", {"a": {"b": "c", "and": "more"}}),
        ("[a]\nb\n", None),
        ("<a>\n  @type s3\n</a>\n", {"a": {"@type": "s3"}}),
        ('a "b" {\n  c = "d"\n}\n', {"a": {"b": {"c": "d"}}}),
        ("a.b=1\na.c=2\n# d\n! e\n\n", {"a": {"b": "1", "c": "2"}}),
        ("a=x y\na=z y\n", {"a": ["x y", "z y"]}),
        ("a=x y\na.b=2\n", {"a": {"a": "x y", "b": "2"}}),
        ("a=x y, \\\n    z\nb=1\n", {"a": "x y, z", "b": "1"}),
        ("url=jdbc\\:x\\://h y\nb=c\\=d e\n", {"url": "jdbc:x://h y", "b": "c=d e"}),
        ("a='X y'\nb=\"y X\"\nc=X y X\n", {"a": "X y", "b": "y X", "c": "X y X"}),
        ("a=x y\nsome words\n", None),
    ],
)
def test_a_text_is_taken_apart_by_its_form(text: str, tree: Any) -> None:
    assert document(text, "") == tree


@pytest.mark.parametrize(
    ("name", "text", "tree"),
    [
        ("a.yaml", "a = 1\nb = 2\n", None),
        ("a.yml", "a: 1\nb: 2\n", {"a": "1", "b": "2"}),
        ("a.toml", "a = 1\n[b]\n", {"a": "1", "b": {}}),
        ("a.TOML", "a: 1\nb: 2\n", None),
        ("a.ini", "a: 1\nb: 2\n", {"a": "1", "b": "2"}),
        ("a.hcl", "a = 1\nb = 2\n", None),
        ("a.tf", "a {\n}\n", {"a": {}}),
        ("a.properties", "a.b: 1\nc: 2\n", {"a": {"b": "1"}, "c": "2"}),
        ("a.env", "[a]\nb=1\n", None),
        ("env", "A=1\nB=2\n", {"A": "1", "B": "2"}),
        ("a.properties.yaml", "a.b: 1\nc: 2\n", {"a.b": "1", "c": "2"}),
    ],
)
def test_the_name_of_a_file_says_its_form(name: str, text: str, tree: Any) -> None:
    assert document(text, name) == tree


def test_a_text_whose_aliases_write_out_without_end_is_not_read_as_clean() -> None:
    assert MOST_VALUES < 10**6
    with pytest.raises(RecursionError):
        document(BOMB, "")
    assert document(BOMB.rpartition("e: ")[0], "") is not None
