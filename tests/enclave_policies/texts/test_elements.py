"""Configuration in XML is read as the tree that its program reads; what only its program writes out is undetermined."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.resources.resource import Resource
from enclave_policies.rules.jurisdiction import JURISDICTION
from enclave_policies.texts import documents, elements, reader
from enclave_policies.texts.elements import UnreadableError
from enclave_policies.texts.elements import elements as tree_of

import located_yaml
from tests.enclave_policies.sampling import samples, urn

if TYPE_CHECKING:
    from collections.abc import Mapping

LAW = load_law()
HAMAR = samples("image-registry")[0].as_provider()
CASES: Mapping[str, list[Any]] = located_yaml.load(Path(__file__).with_name("elements.yaml")).data
TYPE = "kubernetes:core/v1:ConfigMap"


def judged(case: Mapping[str, str]) -> list[str]:
    props = {"metadata": {"name": "app", "namespace": "enclave-app"}, "data": {case["file"]: case["text"]}}
    resource = Resource(urn(TYPE, "app"), TYPE, "app", props, HAMAR, custom=True)
    return [each.message for each in judge_stack([resource], LAW, JURISDICTION)[resource.urn] if each.refuses]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["case"])
def test_what_leads_out_is_refused(case: Mapping[str, str]) -> None:
    assert judged(case)


@pytest.mark.parametrize("case", CASES["passes"], ids=lambda case: case["case"])
def test_what_stays_inside_passes(case: Mapping[str, str]) -> None:
    assert judged(case) == []


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("<a/>", {"a": ""}),
        ("\ufeff<a>b</a>", {"a": "b"}),
        ("<a><b>1</b><b>2</b></a>", {"a": {"b": ["1", "2"]}}),
        ('<a b="1">t</a>', {"a": {"b": "1", "a": "t"}}),
        ('<x:a xmlns:x="urn:x" x:b="1"/>', {"a": {"b": "1"}}),
        ("<a><p><name>x.y</name><value>1</value></p></a>", {"a": {"x": {"y": "1"}}}),
        ("<a><p><name>x</name><value/></p></a>", {"a": {"x": ""}}),
        (
            "<a><p><name>x</name><value>1</value><url>u</url></p></a>",
            {"a": {"p": {"name": "x", "value": "1", "url": "u"}}},
        ),
        ("<a><p><name>x</name></p></a>", {"a": {"p": {"name": "x"}}}),
        ('<a><p key="x">1</p></a>', {"a": {"x": "1"}}),
        ('<a><host name="x">h</host></a>', {"a": {"host": {"name": "x", "host": "h"}}}),
        ('<a><p name="x" level="1">t</p></a>', {"a": {"p": {"name": "x", "level": "1", "p": "t"}}}),
        ("<a>&lt;&amp;&#65;</a>", {"a": "<&A"}),
        ("<a><b></a>", None),
        ("<a></a><b></b>", None),
        ("<a>&x;</a>", None),
        ("<a>\ud800</a>", None),
        ("words", None),
    ],
)
def test_elements_become_settings(text: str, tree: Any) -> None:
    assert tree_of(text) == tree


def test_entities_are_not_written_out() -> None:
    for text in ('<!DOCTYPE a [<!ENTITY b "c">]><a/>', '<!DOCTYPE a SYSTEM "a.dtd"><a>&b;</a>'):
        with pytest.raises(UnreadableError, match="entities"):
            tree_of(text)


def test_a_document_without_end_is_not_read() -> None:
    with pytest.raises(RecursionError):
        tree_of("<a>" * 200 + "</a>" * 200)


def test_a_text_with_entities_is_said_to_be_so() -> None:
    (case,) = (case for case in CASES["refused"] if case["case"] == "a thousand million laughs")
    (said,) = judged(case)
    assert "JUR-008" in said
    assert "XML entities" in said


def test_a_reader_that_does_not_know_xml_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(documents, "elements", lambda _text: None)
    monkeypatch.setitem(documents.BY_ENDING, "xml", ())
    remembered = (documents._document, reader.claims_in)
    for one in remembered:
        one.cache_clear()
    wrong = [case["case"] for case in CASES["refused"] if not judged(case)]
    wrong += [case["case"] for case in CASES["passes"] if judged(case)]
    for one in remembered:
        one.cache_clear()
    assert len(wrong) > len(elements.NAMES)
