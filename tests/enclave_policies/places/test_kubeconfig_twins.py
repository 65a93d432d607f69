"""A kubeconfig has one verdict in whatever form a provider gets it: the table kubeconfigs.yaml."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY
from enclave_policies.law.folder.custody import load_custody_law
from enclave_policies.places import clusters
from enclave_policies.resources.resource import Provider, Resource

import located_yaml
from located_yaml import kubeconfig
from tests.enclave_policies.sampling import urn

TABLE = Path(__file__).with_name("kubeconfigs.yaml")
LAW = load_custody_law()
TYPE, MAP = "pulumi:providers:kubernetes", "kubernetes:core/v1:ConfigMap"
BODY = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "app", "namespace": "enclave-app"}, "data": {}}


def table() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = located_yaml.load(TABLE).data
    return entries


def forms(content: Any) -> dict[str, Any]:
    """The same content as a provider may get it, by what the form is called."""
    if "texts" in content:
        return {f"text {number}": text for number, text in enumerate(content["texts"])}
    return {
        "YAML in blocks": yaml.safe_dump(content, sort_keys=False),
        "YAML in one line": yaml.safe_dump(content, sort_keys=True, default_flow_style=True, width=10_000),
        "JSON": json.dumps(content),
        "JSON in lines": json.dumps(content, indent=2),
        "a mapping": content,
    }


def refused(given: Any, select: dict[str, str]) -> list[str]:
    """What the packs refuse of a provider with this kubeconfig, and of an object that it manages."""
    props = {"kubeconfig": given, **select}
    provider = Resource(urn(TYPE, "hamar"), TYPE, "hamar", props)
    managed = Resource(urn(MAP, "app"), MAP, "app", BODY, Provider(urn(TYPE, "hamar"), TYPE, "hamar", props))
    judged = judge_stack([provider, managed], LAW, EVERY.rules).values()
    return [finding.message for findings in judged for finding in findings if finding.refuses]


@pytest.mark.parametrize("entry", table(), ids=lambda entry: entry["because"])
def test_a_kubeconfig_has_its_one_verdict_in_every_form(entry: dict[str, Any]) -> None:
    (verdict,) = {"refused", "passes"} & set(entry)
    found = {form: refused(given, entry.get("select", {})) for form, given in forms(entry[verdict]).items()}
    wrong = {form: said for form, said in found.items() if bool(said) is not (verdict == "refused")}
    assert not wrong, f"{entry['because']}; it should be {verdict}"


def test_the_table_has_many_of_both_verdicts() -> None:
    assert sum("refused" in entry for entry in table()) >= 25
    assert sum("passes" in entry for entry in table()) >= 15


def test_a_reader_that_does_not_look_for_merge_keys_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    hiding = next(entry for entry in table() if "merge key" in entry["because"])
    for known in (kubeconfig._read, clusters._bind):
        monkeypatch.setattr(known.__wrapped__.__module__ + f".{known.__name__}", known.__wrapped__)
    assert all(refused(given, {}) for given in forms(hiding["refused"]).values())
    monkeypatch.setattr(kubeconfig, "MERGE_KEY", "no such key")
    assert not any(refused(given, {}) for given in forms(hiding["refused"]).values())
