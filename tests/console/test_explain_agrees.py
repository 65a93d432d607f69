"""`enclave explain` says of each resource what `enclave audit` says of it, whichever pack finds it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.packs import EVERY, PACKS

from console.audit import commands, explain
from console.audit.judges import judges
from located_yaml import visible
from tests.campaign import in_campaign
from tests.console.generated_states import states

if TYPE_CHECKING:
    from collections.abc import Iterator

Captured = pytest.CaptureFixture[str]
IN_MAKE_TEST, IN_A_CAMPAIGN, SEED = 400, 2000, 20261129
HANDED = Path(__file__).parent / "key_findings.json"


def audited(export: Path, capsys: Captured) -> dict[str, list[str]]:
    """Return what `enclave audit` finds on each resource."""
    commands.audit(export, as_of=None, json=True, strict=False, only_pack=None)
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return {
        resource["urn"]: [visible(f"{finding['message']} [{finding['verdict']}]") for finding in resource["findings"]]
        for resource in document["resources"]
    }


def explained(urn: str, export: Path, capsys: Captured) -> tuple[list[str], str]:
    """Return what `enclave explain` finds on a resource, and all that it says of rules."""
    assert explain.explain(urn, export=export, stack=None, as_of=None, only_pack=None) == 0
    said = capsys.readouterr().out.partition("\nwhat each rule says:\n")[2]
    ids = {rule.id for rule in EVERY.rules}
    findings = [line.strip() for line in said.splitlines() if line.endswith("]") and line.split()[0] in ids]
    return findings, said


def disagreements(number: int, folder: Path, capsys: Captured) -> Iterator[str]:
    """Yield the resources of which the two say different things."""
    export = folder / "export.json"
    for state in states(number, SEED):
        export.write_text(json.dumps(state), encoding="utf-8")
        for urn, findings in audited(export, capsys).items():
            told, said = explained(urn, export, capsys)
            if told != findings:
                yield f"{urn}: {findings} and {told}"
            yield from (f"{urn}: nothing is said of {rule.id}" for rule in EVERY.rules if rule.id not in said)


@pytest.fixture
def _law_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the law once: it is the same for every state."""
    monkeypatch.setattr(explain, "judges", cache(judges))
    monkeypatch.setattr(commands, "judges", cache(judges))


@pytest.mark.usefixtures("_law_once")
def test_explain_and_audit_agree_on_generated_resources(
    tmp_path: Path, capsys: Captured, request: pytest.FixtureRequest
) -> None:
    number = IN_A_CAMPAIGN if in_campaign(request.config) else IN_MAKE_TEST
    assert list(disagreements(number, tmp_path, capsys)) == []


@pytest.mark.usefixtures("_law_once")
def test_every_pack_has_something_to_say_of_the_generated_resources(tmp_path: Path, capsys: Captured) -> None:
    export = tmp_path / "export.json"
    spoke: set[str] = set()
    for state in states(500, SEED):
        export.write_text(json.dumps(state), encoding="utf-8")
        spoke |= {finding.split()[0] for findings in audited(export, capsys).values() for finding in findings}
    for name, pack in PACKS.items():
        assert sum(rule.id in spoke for rule in pack.rules) > len(pack.rules) // 3, (name, sorted(spoke))


@pytest.mark.usefixtures("_law_once")
def test_an_explanation_that_leaves_out_a_pack_is_noticed(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug of this family; so it was until 2026-11-29."""
    one = replace(judges(None, None), rules_by_pack=(PACKS["jurisdiction"].rules,))
    monkeypatch.setattr(explain, "judges", lambda *_: one)
    assert any(": nothing is said of KEY-001" in line for line in disagreements(100, tmp_path, capsys))
