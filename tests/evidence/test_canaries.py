"""No secret of a state, of its surroundings or of a gateway's record appears in a report or in a document."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from console.audit import commands as audit
from console.audit import explain
from console.gate.record import record as run_record
from console.gate.report import as_json
from console.gate.verdict import decide
from console.recording.of_state import state_record
from console.verify_log.commands import verify_log
from console.whatif.commands import whatif
from console.whatif.supposing import Asked
from evidence.bundle.contents import contents
from hosts.gateway.record import Record as GatewaysRecord
from tests.console.generated_states import states
from tests.console.recording.test_of_gate import BUCKET, ENTRIES, EVENTS, PROMISED, recorded, step, violation
from tests.evidence.canaries import CANARIES, hits, planted
from tests.hosts.gateway.records import kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.record.model import Record

ROOT = Path(__file__).parents[2]
TOUR = json.loads((ROOT / "docs" / "tour" / "state.json").read_text(encoding="utf-8"))
MIXED = 400
"""Resources of the corpora, which rules refuse for many reasons."""
RULES = 50
"""So many rules say something of them, at least."""


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", CANARIES["Variable"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARIES["Variable"])
    monkeypatch.setattr(sys, "argv", ["enclave", "report", "local", f"--key={CANARIES['Option']}", "--json"])


def written(folder: Path, export: dict[str, Any]) -> Path:
    file = folder / "state.json"
    file.write_text(json.dumps(export), encoding="utf-8")
    return file


def told(record: Record) -> Iterator[str]:
    for content in contents(record).values():
        yield content.decode()


def test_no_secret_of_a_state_is_in_a_bundle_or_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = written(tmp_path, planted(TOUR))
    assert len(hits([export.read_text(encoding="utf-8")])) == 6
    record = state_record("local", export, None)
    assert record.findings
    assert record.not_checked
    assert hits(told(record)) == []
    audit.audit(export, as_of=None, json=True, strict=False, only_pack=None)
    audit.audit(export, as_of=None, json=False, strict=False, only_pack=None)
    whatif(export, Asked(denied=("IE",)), json=True)
    for resource in record.resources[-3:]:
        explain.explain(resource.urn, export=export, stack=None, as_of=None, only_pack=None, json=True)
    said = capsys.readouterr()
    assert len(said.out) > 10_000
    assert hits([said.out, said.err]) == []


def test_no_secret_is_in_what_rules_say_of_all_that_they_refuse(tmp_path: Path) -> None:
    exports = list(states(MIXED, 14))
    resources = {each["urn"]: each for export in exports for each in export["deployment"]["resources"]}
    deployment = {**exports[0]["deployment"], "resources": list(resources.values())}
    record = state_record("trial", written(tmp_path, planted({**exports[0], "deployment": deployment})), None)
    assert len({finding.rule for finding in record.findings}) > RULES
    assert hits(told(record)) == []


def test_no_person_of_a_gateways_record_is_in_what_is_said_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = kept(tmp_path, 2, (2,))
    record = GatewaysRecord(case.record)
    record.add({"person": CANARIES["Person"], "result": "allow", CANARIES["Name"]: CANARIES["Value"]})
    record.close()
    verify_log(case.record, case.key, [case.checkpoints[2]], None, json=True)
    said = capsys.readouterr()
    assert said.out
    assert hits([said.out, said.err]) == []


@pytest.mark.parametrize("spelled", [str, str.upper, lambda text: text.encode().hex()])
def test_a_renderer_that_tells_a_value_would_be_noticed(spelled: Any) -> None:
    """The seeded bug of this family."""
    assert hits([f"… {spelled(CANARIES['Value'])} …"]) == ["Value"]


def test_base64_is_found_wherever_it_begins() -> None:
    from base64 import b64encode  # noqa: PLC0415

    for before in ("", "x", "xy", "xyz"):
        assert hits([b64encode(f"{before}{CANARIES['Data']} and more".encode()).decode()]) == ["Data"]


def test_no_secret_of_a_plan_or_of_the_engines_log_is_in_a_bundle_or_the_document_of_a_run() -> None:
    """The log tells a stack's configuration and every planned input; errors of the engine go to the terminal alone."""
    plain = {"deployment": {"resources": [{"urn": urn, **entry} for urn, entry in ENTRIES.items()]}}
    planned = {each["urn"]: each for each in planted(plain)["deployment"]["resources"]}
    events: list[dict[str, Any]] = [
        {"preludeEvent": {"config": {"enclave:password": CANARIES["Config"], CANARIES["Name"]: CANARIES["Value"]}}},
        {"diagnosticEvent": {"severity": "info", "message": CANARIES["Value"], "urn": BUCKET}},
        {"stdoutEvent": {"message": CANARIES["Value"]}},
        *(
            step(urn, "create", {key: value for key, value in entry.items() if key != "urn"})
            for urn, entry in planned.items()
        ),
        *EVENTS[len(ENTRIES) :],
    ]
    told_by_engine = [*events, violation("jurisdiction", "resource-region")]
    for each, code in ((events, 0), (told_by_engine, 1)):
        run = run_record(each, code)
        assert hits(told(recorded(run))) == []
        assert hits([as_json("small", "plan", run, decide(run, PROMISED))]) == []
    failed = [*events, {"diagnosticEvent": {"severity": "error", "message": f"creating: {CANARIES['Value']}"}}]
    assert hits(told(recorded(run_record(failed, 1)))) == []
