"""Blocks with braces become the tree that the program sees, and other languages with braces are left alone."""

from __future__ import annotations

import pytest
from enclave_policies.texts.braces import braces

DEEP = "a {\n" * 120 + "}\n" * 120


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('seal "awskms" {\n  region = "eu-west-1"\n}\n', {"seal": {"awskms": {"region": "eu-west-1"}}}),
        ('seal "awskms" { region = "eu-west-1" }\n', {"seal": {"awskms": {"region": "eu-west-1"}}}),
        ('seal "awskms" {}\n', {"seal": {"awskms": {}}}),
        ("ui = true\nseal x {}\n", {"ui": "true", "seal": {"x": {}}}),
        ('a "x" {}\na "y" {}\n', {"a": {"x": {}, "y": {}}}),
        ('a "x" { b = 1 }\na "x" { b = 2 }\n', {"a": [{"x": {"b": "1"}}, {"x": {"b": "2"}}]}),
        ("a { b = 1\nb = 2 }\n", {"a": {"b": ["1", "2"]}}),
        ("a { b = 1, c = 2 }\n", {"a": {"b": "1", "c": "2"}}),
        ('a "x" "y" { b = 1 }\n', {"a": {"x": {"y": {"b": "1"}}}}),
        ("a { b = { c = 1 } }\n", {"a": {"b": {"c": "1"}}}),
        ('a { b = { "c" : 1 } }\n', {"a": {"b": {"c": "1"}}}),
        ('a { "b" => "c" }\n', {"a": {"b": "c"}}),
        ('a { b = ["x", "y",\n  "z"] }\n', {"a": {"b": ["x", "y", "z"]}}),
        ("a { b = [] }\n", {"a": {"b": []}}),
        ('a { b = [\n  "x",\n  "y",\n] }\n', {"a": {"b": ["x", "y"]}}),
        ("a { b = [[1], { c = 2 }] }\n", {"a": {"b": [["1"], {"c": "2"}]}}),
        ("a { b =\n  1 }\n", {"a": {"b": "1"}}),
        ("# c {\n// d {\na { b = 1 # e\n}\n", {"a": {"b": "1"}}),
        ("/* c {\n */ a { b = 1 }\n", {"a": {"b": "1"}}),
        ("a { b = 'x{' }\n", {"a": {"b": "x{"}}),
        ("a { b = `x\n}` }\n", {"a": {"b": "x\n}"}}),
        ("a { b = <<EOT\nx {\n  EOT\nc = 1 }\n", {"a": {"b": "x {", "c": "1"}}),
        ("a { b = <<-EOT\nx\ny\nEOT\n}\n", {"a": {"b": "x\ny"}}),
        ("a { b = <<EOT\nEOT\nc = 1 }\n", {"a": {"b": "", "c": "1"}}),
        ('a { b = "say \\"c\\"" }\n', {"a": {"b": 'say \\"c\\"'}}),
        ("a { b = c.d.e }\n", {"a": {"b": "${}"}}),
        ("a { b = 1.5 }\n", {"a": {"b": "1.5"}}),
        ('a { b = env("X") }\n', {"a": {"b": ["X"]}}),
        ("a { b = f(c, d) }\n", {"a": {"b": "${}"}}),
        ('a { b = "x" + c.d["e"]\n  f = 1 }\n', {"a": {"b": ["x", "e"], "f": "1"}}),
        ('a { b = ["x" + y, "z"] }\n', {"a": {"b": [["x"], "z"]}}),
        ('a.b.c "d" { e = 1 }\n', {"a.b.c": {"d": {"e": "1"}}}),
        ('output { if [a] == "b" { s3 { c => 1 } } else { x { } } }\n', {"output": {"s3": {"c": "1"}, "x": {}}}),
        ('output { if "a" in [b] { s3 { } }\n else if [c] { s3 { } } }\n', {"output": {"s3": [{}, {}]}}),
        ("o { s3 { r = 1 }\n s3 { b = 2 } }\n", {"o": {"s3": [{"r": "1"}, {"b": "2"}]}}),
        ("o { if [a] { s3 { r = 1 } } else { s3 { b = 2 } } }\n", {"o": {"s3": [{"r": "1"}, {"b": "2"}]}}),
        ("a { b { }\nb { }\nb { } }\n", {"a": {"b": [{}, {}, {}]}}),
        ('a { b = f("(")\nc = 1 }\n', {"a": {"b": ["("], "c": "1"}}),
        ("a { b = ${C} }\n", {"a": {"b": "${C}"}}),
        ('a { b = "c" }', {"a": {"b": "c"}}),
    ],
)
def test_a_text_with_blocks_becomes_their_tree(text: str, tree: object) -> None:
    assert braces(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "server {\n  listen 80;\n}\n",
        "foo() {\n  echo hi\n}\n",
        "body {\n  color: red;\n}\n",
        "const x = {\n  a: 1\n};\n",
        "a = 1\nb = 2\n",
        "a {\n",
        "a {}\n}\n",
        "a { b = }\n",
        "a { = 1 }\n",
        "a { ( = 1 }\n",
        "a { b = [1 }\n",
        'a { b = "c\n }\n',
        "a { b = <<EOT\nx\n}\n",
        "/* a {}\n",
        "a b c\n{ }\n",
        "if x\n",
        "a { b }\n",
        "a { b = 'c }\n",
        "plain words\n",
        "",
    ],
)
def test_what_is_no_such_text_is_left_to_others(text: str) -> None:
    assert braces(text) is None


def test_blocks_without_end_are_refused() -> None:
    with pytest.raises(RecursionError):
        braces(DEEP)
    with pytest.raises(RecursionError):
        braces("a { b = " + "[" * 120 + "]" * 120 + " }\n")
    assert braces("a {\n" * 100 + "}\n" * 100) is not None


def test_a_long_text_is_read_in_time_that_grows_with_it() -> None:
    assert braces('a "x" { b = "' + "y" * 500_000 + '" }\n' + "# {\n" * 50_000) is not None
    assert braces("a /* " * 50_000) is None
