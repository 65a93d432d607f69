"""The record of a gated run: whatever the engine's log, the packs and the guard say, nothing of it vanishes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.packs import PACKS
from enclave_policies.judging.promise import promise_of
from enclave_policies.law.folder import load_law
from enclave_policies.reading.finding import Finding as Found
from enclave_policies.reading.finding import Subject

from console.gate.engine import Engine
from console.gate.judged import Judged
from console.gate.record import RunRecord, record
from console.gate.verdict import decide
from console.recording.kept import ELSEWHERE
from console.recording.of_gate import Records, gate_record
from evidence.record.cells import cells
from evidence.record.files import written
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from evidence.record.model import Judged as Judged_
    from evidence.record.model import Record

BASE = "urn:pulumi:small::enclave"
STACK = f"{BASE}::pulumi:pulumi:Stack::small"
AWS = f"{BASE}::pulumi:providers:aws::dublin"
BUCKET = f"{BASE}::aws:s3/bucket:Bucket::store"
GONE = f"{BASE}::aws:s3/bucket:Bucket::gone"
LOOKED_AT = f"{BASE}::aws:s3/bucket:Bucket::looked-at"
ENTRIES: dict[str, dict[str, Any]] = {
    STACK: {"type": "pulumi:pulumi:Stack", "inputs": {}},
    AWS: {"type": "pulumi:providers:aws", "custom": True, "id": "p1", "inputs": {"region": "eu-west-1"}},
    BUCKET: {
        "type": "aws:s3/bucket:Bucket",
        "custom": True,
        "provider": f"{AWS}::p1",
        "inputs": {"bucket": "store", "tags": {"site": "dublin", "segment": "store", "data-class": "restricted"}},
    },
}
PROMISED = {name: promise_of(pack.rules) for name, pack in PACKS.items()}


def step(urn: str, op: str, new: dict[str, Any] | None) -> dict[str, Any]:
    metadata = {"urn": urn, "op": op, "type": urn.split("::")[2], "new": new and {"urn": urn, **new}}
    return {"resourcePreEvent": {"metadata": metadata}}


def answers(urn: str, without: str = "") -> list[dict[str, Any]]:
    return [
        {
            "policyAnalyzeSummaryEvent": {
                "policyPackName": pack,
                "resourceUrn": urn,
                "passed": sorted(promise.each - {without}),
            }
        }
        for pack, promise in PROMISED.items()
    ]


def whole_answers() -> list[dict[str, Any]]:
    return [
        {"policyAnalyzeStackSummaryEvent": {"policyPackName": pack, "passed": sorted(promise.whole)}}
        for pack, promise in PROMISED.items()
    ]


EVENTS: list[dict[str, Any]] = [
    *(step(urn, "create", entry) for urn, entry in ENTRIES.items()),
    *(answer for urn in ENTRIES for answer in answers(urn)),
    step(GONE, "delete", None),
    step(LOOKED_AT, "read", {"type": "aws:s3/bucket:Bucket", "custom": True, "inputs": {}}),
    *whole_answers(),
    {"summaryEvent": {}},
]


def recorded(run: RunRecord) -> Record:
    engine = Engine(Path(), "small", {"PATH": ""}, [Path("policy-packs") / name for name in PACKS])
    judged = Judged("plan", run, decide(run, PROMISED))
    return gate_record("preview", "small", judged, engine, load_law())


def bucket_in(found: Record) -> Judged_:
    """Return the bucket of a record."""
    return next(resource for resource in found.resources if resource.urn == BUCKET)


def test_the_order_of_the_engines_steps_makes_no_other_record() -> None:
    one, other = (recorded(record(events, 0)) for events in (EVENTS, [*reversed(EVENTS)]))
    assert one.model_copy(update={"run": other.run}) == other


def test_a_green_plan_is_recorded_resource_by_rule() -> None:
    found = recorded(record(EVENTS, 0))
    assert (found.run.outcome, found.run.reasons) == ("clean", ())
    assert [resource.urn for resource in found.resources] == sorted(ENTRIES)
    bucket = bucket_in(found)
    assert (bucket.site, bucket.segment, bucket.classes) == ("dublin", "store", ("restricted",))
    assert bucket.place
    assert bucket.place.country == "IE"
    assert {cell.verdict for cell in cells(found)} == {"pass"}
    assert {cell.rule.id for cell in cells(found) if cell.resource == bucket} >= {"JUR-001", "KEY-001"}


def test_what_the_engine_asks_no_pack_about_is_told_with_the_reason() -> None:
    told = {one.what: one.reason for one in recorded(record(EVENTS, 0)).not_checked if one.kind == "step"}
    assert told[GONE].startswith("it is deleted")
    assert told[LOOKED_AT].startswith("it is only read")


def test_a_rule_that_did_not_run_is_not_checked_and_never_passes() -> None:
    jur = {rule.id: rule.name for rule in PACKS["jurisdiction"].rules}
    found = recorded(
        record([event for event in EVENTS if event not in answers(BUCKET)] + answers(BUCKET, jur["JUR-001"]), 0)
    )
    (cell,) = [each for each in cells(found) if each.resource.urn == BUCKET and each.rule.id == "JUR-001"]
    assert (cell.verdict, cell.reason) == ("not-checked", "the rule did not run")
    assert bucket_in(found).verdict == "not-checked"
    assert found.run.outcome == "undetermined"
    assert any(one.kind == "rule" and one.what == jur["JUR-001"] for one in found.not_checked)


def test_a_resource_about_which_no_pack_answered_is_not_checked_at_all() -> None:
    silent = [event for event in EVENTS if event.get("policyAnalyzeSummaryEvent", {}).get("resourceUrn") != BUCKET]
    found = recorded(record(silent, 0))
    assert {cell.verdict for cell in cells(found) if cell.resource.urn == BUCKET} == {"not-checked"}
    assert BUCKET in {one.what for one in found.not_checked}


def test_a_resource_that_the_log_says_nothing_readable_of_is_there_by_its_name() -> None:
    broken = [
        step(BUCKET, "create", {"type": "aws:ec2/vpc:Vpc"})
        if event == step(BUCKET, "create", ENTRIES[BUCKET])
        else event
        for event in EVENTS
    ]
    found = recorded(record(broken, 0))
    assert [resource.urn for resource in found.resources] == sorted(ENTRIES)
    assert any("does not tell what was planned" in one.reason for one in found.not_checked)


def violation(pack: str, rule: str) -> dict[str, Any]:
    told = {"policyPackName": pack, "policyName": rule, "resourceUrn": BUCKET, "enforcementLevel": "mandatory"}
    return {"policyEvent": {**told, "message": "no"}}


def test_a_refusal_that_the_engine_alone_tells_is_a_finding() -> None:
    rule = PACKS["jurisdiction"].rules[0]
    found = recorded(record([*EVENTS, violation("jurisdiction", rule.name)], 1))
    (one,) = found.findings
    assert (one.rule, one.verdict, one.resource) == (rule.id, "fail", found.resources.index(bucket_in(found)))
    assert bucket_in(found).verdict == "fail"
    assert found.run.outcome == "refused"


def test_what_the_guard_alone_refused_is_a_finding() -> None:
    run = record(EVENTS, 1)
    found = recorded(RunRecord(**{**vars(run), "guard": ("JUR-001 region: store would be abroad",)}))
    assert [(one.rule, one.message) for one in found.findings] == [("GUARD", "JUR-001 region: store would be abroad")]


def test_a_finding_that_a_pack_handed_over_is_there_with_its_line_and_resource() -> None:
    rule = PACKS["jurisdiction"].rules[0]
    told = Found(
        rule=rule.id,
        name=rule.name,
        subject=Subject(BUCKET, "aws:s3/bucket:Bucket", "store"),
        verdict="undetermined",
        problem="is somewhere",
        remedy="say where",
    )
    run = record([*EVENTS, violation("jurisdiction", rule.name)], 1)
    found = recorded(RunRecord(**{**vars(run), "findings": {"jurisdiction": (told,)}}))
    (one,) = found.findings
    assert (one.verdict, one.resource, one.message) == (
        "undetermined",
        found.resources.index(bucket_in(found)),
        told.message,
    )


def test_no_value_of_a_property_is_in_a_record() -> None:
    entry = {**ENTRIES[BUCKET], "inputs": {**ENTRIES[BUCKET]["inputs"], "policy": "a-secret-value"}}
    run = record(
        [
            step(BUCKET, "create", entry) if event == step(BUCKET, "create", ENTRIES[BUCKET]) else event
            for event in EVENTS
        ],
        0,
    )
    assert b"a-secret-value" not in written(recorded(run))


def test_a_record_that_cannot_be_written_is_said_and_nothing_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evidence").write_text("a file in the way")
    monkeypatch.setenv(ELSEWHERE, str(tmp_path / "evidence"))
    run = record(EVENTS, 0)
    monkeypatch.setattr("console.recording.of_gate._state", lambda _: ())
    with pytest.raises(ProblemsError, match="the record of this run cannot be written"):
        Records().ran(
            "up", "small", Judged("plan", run, decide(run, PROMISED)), Engine(Path(), "small", {"PATH": ""}, [])
        )


def test_a_plan_judged_as_of_another_day_is_recorded_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ELSEWHERE, str(tmp_path / "evidence"))
    monkeypatch.setattr("console.recording.of_gate._state", lambda _: ())
    run = record(EVENTS, 0)
    judged = Judged("plan", run, decide(run, PROMISED))
    Records(date(2028, 6, 1)).ran("preview", "small", judged, Engine(Path(), "small", {"PATH": ""}, []))
    (file,) = (one for one in (tmp_path / "evidence").rglob("*") if one.is_file())
    assert b'"2028-06-01"' in file.read_bytes()


def test_a_join_that_forgets_the_silent_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("console.recording.judged._silent", lambda *_: ())
    silent = [event for event in EVENTS if event.get("policyAnalyzeSummaryEvent", {}).get("resourceUrn") != BUCKET]
    with pytest.raises(AssertionError):
        assert BUCKET in {one.what for one in recorded(record(silent, 0)).not_checked}
    assert json.loads(written(recorded(record(silent, 0))))["run"]["outcome"] == "undetermined"  # the gate still knows
