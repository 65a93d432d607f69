"""A text that cannot be read to its end is told by its place; what stands beside it is judged as ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY
from enclave_policies.law.folder.custody import load_custody_law
from enclave_policies.resources.resource import Provider, Resource
from enclave_policies.texts import reader
from enclave_policies.texts.documents import document
from enclave_policies.texts.reader import LONGEST, Text, claims_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclave_policies.reading.finding import Finding

AWS = Provider("urn:pulumi:a::b::pulumi:providers:aws::p", "pulumi:providers:aws", "p", {"region": "eu-west-1"})
UNREAD = {
    "JSON without end": "[" * 150 + "]" * 150,
    "YAML without end": "\n".join(" " * depth + "a:" for depth in range(150)),
    "blocks without end": "a {\n" * 150 + "}\n" * 150,
    "more values than anybody writes": "a: b\n" * 200_001,
    "aliases that multiply": "a: &a [x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)
    ),
    "more letters than any cloud takes": "word " * (LONGEST // 5 + 1),
}
READ = {
    "JSON that is deep": "[" * 60 + "]" * 60,
    "YAML that is deep": "\n".join(" " * depth + "a:" for depth in range(60)),
    "many values": "a: b\n" * 1_000,
    "a list": "- a\n" * 10_000,
}


def function(**variables: str) -> Resource:
    inputs = {"tags": {"data-class": "none"}, "environment": {"variables": variables}}
    return Resource(
        "urn:pulumi:a::b::aws:lambda/function:Function::f", "aws:lambda/function:Function", "f", inputs, AWS
    )


def config(**data: str) -> Resource:
    inputs: dict[str, Any] = {"kind": "ConfigMap", "metadata": {"name": "x", "namespace": "enclave-app"}, "data": data}
    return Resource("urn:pulumi:a::b::kubernetes:core/v1:ConfigMap::c", "kubernetes:core/v1:ConfigMap", "c", inputs)


def findings(resource: Resource) -> Iterable[Finding]:
    return judge_stack([resource], load_custody_law(), EVERY.rules)[resource.urn]


@pytest.mark.parametrize("case", UNREAD)
def test_an_unread_text_is_undetermined_once_and_where_it_stands(case: str) -> None:
    found = list(findings(function(X=UNREAD[case])))
    assert [(one.rule, one.verdict) for one in found] == [("JUR-008", "undetermined")]
    assert "(environment.variables.X)" in found[0].message
    assert "broke" not in found[0].message


@pytest.mark.parametrize("case", UNREAD)
def test_what_stands_beside_it_is_judged_all_the_same(case: str) -> None:
    one = function(X=UNREAD[case], Y="https://evil.net")
    other = config(**{"a.conf": UNREAD[case], "b": "https://evil.net"})
    for resource, rule in ((one, "JUR-015"), (other, "JUR-027")):
        found = findings(resource)
        assert {finding.rule for finding in found if "evil.net" in finding.message} == {rule}
        assert [finding for finding in found if "holds a text" in finding.message]


@pytest.mark.parametrize("case", READ)
def test_what_can_be_read_is_not_refused_for_its_size(case: str) -> None:
    assert not list(findings(function(X=READ[case])))


@pytest.mark.parametrize("times", [2, 3, 200])
def test_a_key_that_stands_many_times_keeps_all_its_values_side_by_side(times: int) -> None:
    assert document("a: x\n" * times, "") == {"a": ["x"] * times}
    assert document("a: [x]\n" * times, "") == {"a": [["x"]] * times}


def test_a_mapping_without_end_is_a_claim_too() -> None:
    value: Any = "x"
    for _ in range(150):
        value = {"a": value}
    (claim,) = claims_of(Text("X", value, "spec"))
    assert (claim.kind, claim.path) == ("unreadable", "spec")


def test_a_reader_that_gave_up_without_a_word_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: to take what cannot be read for nothing."""
    monkeypatch.setattr(reader, "_claims_within", lambda *_, **__: ())
    assert not list(findings(function(X=UNREAD["JSON without end"])))
