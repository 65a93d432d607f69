"""How blocks, settings, variables and commands are recognized, apart from the tables that ship."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.programs import defaults as ways
from enclave_policies.texts.programs import index, record
from enclave_policies.texts.programs.defaults import defaults
from enclave_policies.texts.programs.record import Block, Program
from enclave_policies.texts.programs.settings import ELSEWHERE, fold, is_set, setting
from enclave_policies.texts.programs.variables import REFERENCE, commands, variables
from enclave_policies.texts.reader import Text, claims_of

from located_yaml import ProblemsError


@pytest.mark.parametrize(
    ("name", "values", "block", "set_"),
    [
        ("api_url", (), {"apiURL": "x"}, True),
        ("apiUrl", (), {"api-url": "x"}, True),
        ("type", ("s3",), {"@type": "S3 "}, True),
        ("type", ("s3",), {"type": "gcs"}, False),
        ("type", ("s3", "gcs"), {"type": "gcs"}, True),
        ("type", ("aws-*",), {"type": "aws-sqs"}, True),
        ("type", ("aws-*",), {"type": "x-aws-sqs"}, False),
        ("type", ("a.c",), {"type": "abc"}, False),
        ("a.b", (), {"a": {"b": "x"}}, True),
        ("a.b", (), {"a.b": "x"}, True),
        ("a.b.c", (), {"a": {"b.c": "x"}}, True),
        ("a.b.c", (), {"a.b": {"c": "x"}}, True),
        ("a.b", (), {"a": {"c": "x"}}, False),
        ("a.b", (), {"a": "x"}, False),
        ("a.b", (), {"a": [{"c": 1}, {"b": 2}]}, True),
        ("a", (), {"a": ""}, False),
        ("a", (), {"a": None}, False),
        ("a", (), {"a": "null"}, False),
        ("a", (), {"a": "~"}, False),
        ("a", (), {"a": {}}, False),
        ("a", (), {"a": []}, False),
        ("a", (), {"a": [""]}, False),
        ("a", (), {"a": ["x"]}, True),
        ("a", (), {"a": {"b": 1}}, True),
        ("a", ("true",), {"a": True}, True),
        ("a", ("true",), {"a": {"true": 1}}, False),
        ("a", ("false",), {"a": "no"}, False),
        ("a", (), {"a": False}, True),
        ("a", (), {"a": UNKNOWN}, True),
        ("DD_SITE", (), {"DD_SITE": "x"}, True),
        ("DD_SITE", (), {"ddSite": "x"}, False),
        ("DD_SITE", (), {"DD_SITE": ""}, False),
        ("DD_SITE", (), {}, False),
    ],
)
def test_a_setting_is_found_however_it_is_written(
    name: str, values: tuple[str, ...], block: dict[str, Any], set_: bool
) -> None:
    assert is_set(setting(name, values), block, ()) is set_


def test_a_setting_that_may_stand_around_is_found_there_and_only_it() -> None:
    around = [{"global": {"url": "x"}}, {}]
    assert is_set(setting("..global.url"), {}, around)
    assert is_set(setting("..global.url"), {"global": {"url": "x"}}, ())
    assert not is_set(setting("global.url"), {}, around)


@pytest.mark.parametrize(("name", "folded"), [("@Type", "type"), ("a_b-C", "abc"), ("$a", "a"), ("a.b", "a.b")])
def test_a_name_is_compared_without_its_spelling(name: str, folded: str) -> None:
    assert fold(name) == folded


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ([{"name": "A", "value": "1"}], {"A": "1"}),
        ([{"name": "A", "value": "1", "type": "PLAINTEXT"}], {"A": "1"}),
        ([{"name": "A", "value": "1"}, {"name": "B"}], {"A": "1", "B": ""}),
        ([{"name": "A", "valueFrom": {"secretKeyRef": {}}}], {"A": {ELSEWHERE: "A"}}),
        ([{"name": "A", "valueFrom": {"fieldRef": {}}}], {"A": REFERENCE}),
        ([{"name": "A", "value": None, "valueFrom": "arn"}], {"A": REFERENCE}),
        ([{"name": "A", "value": "1"}, {"name": "A", "value": "2"}], {"A": ["1", "2"]}),
        ([{"name": "A", "value": UNKNOWN}], {"A": UNKNOWN}),
        ([{"name": "A"}, {"name": "B"}], {}),
        ([{"name": "A", "image": "x"}], {}),
        ([{"name": 1, "value": "1"}], {}),
        ([{"value": "1"}], {}),
        ([{"name": "A", "value": "1"}, "B=2"], {}),
        ([UNKNOWN], {}),
        ([], {}),
        ("A=1", {}),
        ({"name": "A", "value": "1"}, {}),
    ],
)
def test_a_list_of_variables_is_told_from_other_lists(items: Any, found: dict[str, Any]) -> None:
    assert variables(items) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--a=b"], [{"a": "b"}]),
        (["-a=b=c"], [{"a": "b=c"}]),
        (["--a", "b", "c"], [{"a": "b", "c": "true"}]),
        (["--a", "--b"], [{"a": "true", "b": "true"}]),
        (["X", "--a", "MAX", "--b='X'"], [{"X": "true", "a": "MAX", "b": "X"}]),
        (["run", "--a"], [{"run": "true", "a": "true"}]),
        (["--a='b'", "--c", '"d"'], [{"a": "b", "c": "d"}]),
        (["--a", UNKNOWN, "b"], [{"a": "true", "b": "true"}]),
        (
            ["sh", "-c", "x --a b\ny --c=d"],
            [{"sh": "true", "c": "x --a b\ny --c=d"}, {"x": "true", "a": "b"}, {"y": "true", "c": "d"}],
        ),
        (
            ["x --a && y | z; w"],
            [{"x --a && y | z; w": "true"}, {"x": "true", "a": "true"}, {"y": "true"}, {"z": "true"}, {"w": "true"}],
        ),
        (["x --a \\\n  b"], [{"x --a \\\n  b": "true"}, {"x": "true", "a": "b"}]),
        ([], []),
        ("x --a", []),
        (None, []),
    ],
)
def test_a_command_is_read_as_settings(words: Any, found: list[dict[str, Any]]) -> None:
    assert commands(words) == found


def forget() -> None:
    for cached in (index.index, ways._by_names, ways._by_setting):
        cached.cache_clear()


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that puts other blocks in the place of the tables that ship."""

    def put(*blocks: Block) -> None:
        monkeypatch.setattr(record, "programs", lambda: {"It": Program("the guide", blocks)})
        forget()

    yield put
    monkeypatch.undo()
    forget()


def said(head: str, path: tuple[str, ...], root: Any) -> list[str]:
    block = root
    for name in path:
        block = block[int(name)] if isinstance(block, list) else block[name]
    return [f"{claim.path}: {claim.words}" for claim in defaults(head, path, block, root)]


OPEN = ": It is open"


@pytest.mark.parametrize(
    ("block", "head", "path", "root", "found"),
    [
        (Block("is open", at="a.b"), "f", ("a", "b"), {"a": {"b": {}}}, [OPEN]),
        (Block("is open", at="a.b"), "f", ("a", "b/2"), {"a": {"b/2": {}}}, [OPEN]),
        (Block("is open", at="a.b"), "f", ("a.b",), {"a.b": {}}, [OPEN]),
        (Block("is open", at="a.b"), "f", ("x", "a", "0", "b", "1"), {"x": {"a": [{"b": [{}, {}]}]}}, [OPEN]),
        (Block("is open", at="a.b"), "f", ("b",), {"b": {}}, []),
        (Block("is open", at="a.b"), "a", ("b",), {"b": {}}, [OPEN]),
        (Block("is open", at="a.b"), "f", ("a", "c"), {"a": {"c": {}}}, []),
        (Block("is open", at="a.*"), "f", ("a", "c"), {"a": {"c": {}}}, [OPEN]),
        (Block("is open", at="a.*"), "f", ("b", "c"), {"b": {"c": {}}}, []),
        (Block("is open", at="a.*.d"), "f", ("a", "c", "d"), {"a": {"c": {"d": {}}}}, [OPEN]),
        (Block("is open", at="a.b c.d"), "f", ("c", "d"), {"c": {"d": {}}}, [OPEN]),
        (Block("is open", at="f.ini"), "f.ini", (), {"x": "1"}, [OPEN]),
        (Block("is open", at="f.ini"), "x", ("f.ini",), {"f.ini": {}}, [OPEN]),
        (Block("is open", of="*.ini", when={"x": ()}), "my.ini", (), {"x": "1"}, [OPEN]),
        (Block("is open", of="*.ini", when={"x": ()}), "my.ini", ("a",), {"a": {"x": "1"}}, []),
        (Block("is open", of="*.ini", when={"x": ()}), "my.yaml", (), {"x": "1"}, []),
        (Block("is open", of="*.a/kind *.b/kind", at="spec"), "x.b/Kind", ("spec",), {"spec": {}}, [OPEN]),
        (Block("is open", of="*.a/kind", at="spec"), "x.b/Kind", ("spec",), {"spec": {}}, []),
        (Block("is open", of="f*", at="*", when={"x": ()}), "f", ("a",), {"a": {"x": "1"}}, [OPEN]),
        (Block("is open", of="f*", at="*", when={"x": ()}), "g", ("a",), {"a": {"x": "1"}}, []),
        (Block("is open", when={"x": ()}), "f", ("a",), {"a": {"x": "1"}}, [OPEN]),
        (Block("is open", when={"X_Y": ()}), "f", ("a",), {"a": {"X_Y": "1"}}, [OPEN]),
        (Block("is open", when={"X_Y": ()}), "f", ("a",), {"a": {"x_y": "1"}}, []),
        (Block("is open", when={"x.y": ()}), "f", ("a",), {"a": {"x": {"y": "1"}}}, [OPEN]),
        (Block("is open", when={"x": (), "y": ("1",)}), "f", (), {"x": "1", "y": "2"}, []),
        (Block("is open", when={"x": ()}, unless={"y": ("1",)}), "f", (), {"x": "1", "y": "1"}, []),
        (Block("is open", when={"x": ()}, unless={"y": ("1",)}), "f", (), {"x": "1", "y": "2"}, [OPEN]),
        (Block("is open", at="a", needs=("r", "e")), "f", ("a",), {"a": {"e": "x"}}, []),
        (Block("is open", at="a", needs=("r", "e")), "f", ("a",), {"a": {"z": "x"}}, [OPEN]),
        (Block("is open", at="a", must={"r": ("false",)}), "f", ("a",), {"a": {"r": "false"}}, []),
        (Block("is open", at="a", must={"r": ("false",)}), "f", ("a",), {"a": {"r": "true"}}, [OPEN]),
        (Block("is open", at="a", must={"r": ("false",)}), "f", ("a",), {"a": {}}, [OPEN]),
        (Block("is open", at="a", must={"r": ("no",)}, needs=("e",)), "f", ("a",), {"a": {"r": "no"}}, [OPEN]),
        (Block("is open", at="a", must={"r": ("no",)}, needs=("e",)), "f", ("a",), {"a": {"r": "no", "e": "1"}}, []),
        (Block("is open", at="a.b", needs=("..r",)), "f", ("a", "b"), {"r": "1", "a": {"b": {}}}, []),
        (Block("is open", at="a.b", needs=("..r",)), "f", ("a", "0", "b"), {"a": [{"r": "1", "b": {}}]}, []),
        (Block("is open", at="a.b", needs=("..r",)), "f", ("a", "1", "b"), {"a": [{"r": "1"}, {"b": {}}]}, [OPEN]),
        (Block("is open", at="a.b"), "f", (), {"a.b.c": "1"}, ["a.b: It is open"]),
        (Block("is open", at="a.b", needs=("c",)), "f", (), {"a.b.c": "1", "a.b.d": "1"}, []),
        (Block("is open", at="a.b", needs=("c.d",)), "f", (), {"a.b.c.d": "1"}, []),
        (Block("is open", at="a.b"), "f", ("x",), {"x": {"a.b.c": "1"}}, ["a.b: It is open"]),
        (Block("is open", at="a.b", needs=("..r",)), "f", (), {"r": "1", "a.b.c": "1"}, []),
        (Block("is open", when={"b": ()}), "f", (), {"a.b": "1"}, []),
        (Block("is open", at="a.b"), "f", (), {"a.b.c": {"d": "1"}}, []),
        (Block("is {}", at="{}.b", each={"open": None, "x": None}), "f", ("open", "b"), {"open": {"b": {}}}, [OPEN]),
    ],
)
def test_a_block_is_known_and_closed_as_its_entry_says(  # noqa: PLR0917 (a table)
    block: Block, head: str, path: tuple[str, ...], root: Any, found: list[str], tables: Any
) -> None:
    tables(block)
    assert said(head, path, root) == found


def test_the_host_of_each_is_told_and_else_that_of_all(tables: Any) -> None:
    tables(Block("is open", at="{}", each={"a": "a.example", "b": None}, host="c.example"))
    assert [claim.value for name in ("a", "b") for claim in defaults("f", (name,), {}, {name: {}})] == [
        "a.example",
        "c.example",
    ]


def test_an_object_in_a_document_is_a_whole_of_its_own_and_the_rest_belongs_to_the_document(tables: Any) -> None:
    tables(Block("is open", of="a.b/thing", at="spec"), Block("is left", of="list", at="end"))
    thing = {"apiVersion": "a.b/v1", "kind": "Thing", "spec": {"x": "1"}}
    found = claims_of(Text("list", {"items": [thing, {"spec": {"x": "1"}}], "end": {"y": "1"}}, "p"))
    assert [(claim.path, claim.words) for claim in found] == [("p.items.0.spec", "It is open"), ("p.end", "It is left")]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"a": {"x": "1"}}, ["p.a"]),
        ({"r": "1", "a": {"x": "1"}}, []),
        ({"b": [{"r": "1", "a": {"x": "1"}}, {"a": {"x": "1"}}]}, ["p.b.1.a"]),
        ({"r": "1", "b": {"apiVersion": "a.b/v1", "kind": "Thing", "a": {"x": "1"}}}, ["p.b.a"]),
        ({"b": {"apiVersion": "a.b/v1", "kind": "Thing", "r": "1", "a": {"x": "1"}}}, []),
        ('{"r": "1", "a": {"x": "1"}}', []),
    ],
)
def test_what_stands_around_a_block_in_its_document_or_object_may_close_it(
    value: Any, found: list[str], tables: Any
) -> None:
    tables(Block("is open", at="a", needs=("..r",)))
    assert [claim.path for claim in claims_of(Text("x", value, "p"))] == found


@pytest.mark.parametrize(
    ("block", "left"),
    [
        ({"url": "${UP}"}, ["UP"]),
        ({"url": "https://$(UP)/x"}, ["UP"]),
        ({"url": "{{ .Env.X }}/a"}, ["X"]),
        ({"url": "x.example"}, []),
        ({"url": ["${UP}", "x.example"]}, []),
        ({"url": 7}, []),
        ({}, []),
        ({"url": "${UP}", "off": "true"}, []),
    ],
)
@pytest.mark.parametrize(
    "entry",
    [
        Block("is open", at="a", unless={"off": (), "..off": ()}, says=("url",)),
        Block("is open", at="a", unless={"off": (), "..off": ()}, needs=("url",)),
    ],
)
def test_a_block_that_only_a_variable_closes_is_left_to_the_environment(
    block: dict[str, Any], left: list[str], entry: Block, tables: Any
) -> None:
    tables(entry)
    assert [one.value for one in defaults("f", ("a",), block, {"a": block}) if one.kind == "variable"] == left
    around = {"off": "1", "a": block}
    assert not list(defaults("f", ("a",), block, around))


def test_the_flags_of_a_command_are_a_block_of_settings(tables: Any) -> None:
    tables(Block("is open", when={"remote": ()}, needs=("region",)))
    assert [one.path for one in claims_of(Text("args", ["--remote=x"], "p", command=True))] == ["p.command"]
    assert claims_of(Text("args", ["--remote=x", "--region=y"], "p", command=True)) == []
    assert claims_of(Text("args", ["--remote=x"], "p")) == []
    assert [one.path for one in claims_of(Text("pod", {"x": {"args": ["--remote=x"]}}, "p"))] == ["p.x.args"]


def test_a_block_that_two_settings_show_is_told_once(tables: Any) -> None:
    tables(Block("is open", when={"x": ()}))
    assert said("f", (), {"x": "1", "x.y": "2"}) == [OPEN]


def test_a_program_that_stands_in_two_tables_is_refused(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "as_of: 2026-11-29\nprograms:\n  It:\n    source: a\n    blocks: [{at: a, without: is open}]\n"
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    with pytest.raises(ProblemsError, match=r"b.yaml:3:3: It: is in another table, too"):
        record.programs.__wrapped__()
