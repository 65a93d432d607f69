"""A cluster's name server leads no name out of the enclave; what is only asked for leads nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.resources.resource import Resource
from enclave_policies.rules.jurisdiction import JURISDICTION
from enclave_policies.texts import corefile, documents, reader

import located_yaml
from tests.enclave_policies.sampling import samples, urn

if TYPE_CHECKING:
    from collections.abc import Mapping

LAW = load_law()
HAMAR = samples("image-registry")[0].as_provider()
CASES: Mapping[str, list[Any]] = located_yaml.load(Path(__file__).with_name("corefile.yaml")).data
TYPE = "kubernetes:core/v1:ConfigMap"


def judged(case: Mapping[str, str]) -> list[str]:
    data = {case.get("file", "Corefile"): case["text"]}
    props = {"metadata": {"name": "coredns", "namespace": "kube-system"}, "data": data}
    resource = Resource(urn(TYPE, "coredns"), TYPE, "coredns", props, HAMAR, custom=True)
    found = judge_stack([resource], LAW, JURISDICTION)[resource.urn]
    return [each.message for each in found if each.refuses and each.rule in ("JUR-008", "JUR-027", "JUR-047")]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["case"])
def test_what_leads_names_out_is_refused(case: Mapping[str, str]) -> None:
    assert judged(case)


@pytest.mark.parametrize("case", CASES["passes"], ids=lambda case: case["case"])
def test_what_leads_names_inside_passes(case: Mapping[str, str]) -> None:
    assert judged(case) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "server {\n  listen 80;\n  server_name a.example;\n}\n",
        "shop.example {\n  reverse_proxy 10.0.0.1:80\n}\n",
        ".:53 {\n  forward . 10.0.0.1\n",
        ".:53 {\n  forward . 10.0.0.1\n}\n}\n",
        ".:53\n{\n  forward . 10.0.0.1\n}\n",
        "errors\n.:53 {\n  log\n}\n",
        'seal "awskms" {\n  region = "eu-west-1"\n}\n',
    ],
)
def test_a_text_of_another_form_is_none_of_these(text: str) -> None:
    assert corefile.corefile(text) is None


def test_blocks_without_end_are_not_read() -> None:
    with pytest.raises(RecursionError):
        corefile.corefile(".:53 {\n" * 50 + "}\n" * 50)


def test_a_reader_that_overlooks_rewrites_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    remembered = (documents._document, reader.claims_in)
    for one in remembered:
        one.cache_clear()
    monkeypatch.setitem(corefile.PLUGIN, "rewrite", lambda _plugin: iter(()))
    assert not all(judged(case) for case in CASES["refused"])
    for one in remembered:
        one.cache_clear()
