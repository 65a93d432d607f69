"""The gate's verdict, as a pure function of what a run left behind."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.promise import Promise
from enclave_policies.judging.side_channel import FOLDER
from enclave_policies.reading.finding import Finding, Subject
from hypothesis import given
from hypothesis import strategies as st

from console import refusals
from console.gate.record import RunRecord, read_record, record
from console.gate.report import as_json, text_lines
from console.gate.verdict import decide

if TYPE_CHECKING:
    from pathlib import Path

urn = "urn:pulumi:local::enclave::aws:ec2/vpc:Vpc::vpc"
promised = {"jurisdiction": Promise(frozenset({"zone", "region"}))}
step = {"resourcePreEvent": {"metadata": {"urn": urn, "op": "create", "type": "aws:ec2/vpc:Vpc"}}}
answer = {
    "policyAnalyzeSummaryEvent": {"policyPackName": "jurisdiction", "resourceUrn": urn, "passed": ["zone", "region"]}
}
summary: dict[str, Any] = {"summaryEvent": {}}
clean = record([step, answer, summary], 0)


def violation(level: str, message: str) -> dict[str, Any]:
    return {
        "policyEvent": {
            "policyPackName": "jurisdiction",
            "policyName": "zone",
            "resourceUrn": urn,
            "enforcementLevel": level,
            "message": message,
        }
    }


def reasons(events: list[dict[str, Any]], exit_code: int = 0) -> str:
    return "\n".join(decide(record(events, exit_code), promised).reasons)


def test_a_run_in_which_every_rule_ran_and_none_objected_is_green() -> None:
    verdict = decide(clean, promised)
    assert (verdict.color, verdict.reasons, verdict.judged, verdict.rules) == ("green", (), 1, 2)


def test_a_mandatory_refusal_is_red_whatever_the_exit_code() -> None:
    assert "1 refusals of 1 resources" in reasons([step, answer, violation("mandatory", "no"), summary])


@pytest.mark.parametrize(
    ("old", "new", "bare"),
    [
        ({}, {"protect": True}, (urn,)),
        ({"protect": True}, {"protect": True}, ()),
        ({"protect": True}, {}, ()),
        (None, {"protect": True}, ()),
        ({}, None, ()),
    ],
)
def test_what_stands_without_the_protection_that_is_declared_is_known(
    old: Any, new: Any, bare: tuple[str, ...]
) -> None:
    entries = {"old": old if old is None else {"urn": urn, **old}, "new": new if new is None else {"urn": urn, **new}}
    found = {"resourcePreEvent": {"metadata": {"urn": urn, "op": "same", **entries}}}
    assert record([found, summary], 0).bare == bare


def test_an_advisory_is_no_refusal() -> None:
    assert not reasons([step, answer, violation("advisory", "mind the gap"), summary])


def test_a_rule_downgraded_because_of_an_unknown_value_is_red() -> None:
    text = "can't run policy 'zone' from policy pack 'jurisdiction@v0.0.1' during preview: unknown"
    assert "zone could not judge vpc" in reasons([step, answer, violation("advisory", text), summary])


def test_a_rule_that_did_not_run_on_a_resource_is_red() -> None:
    partial = {"policyAnalyzeSummaryEvent": {**answer["policyAnalyzeSummaryEvent"], "passed": ["zone"]}}
    assert "rule 'region' of pack 'jurisdiction' did not run on 1 of 1" in reasons([step, partial, summary])


def test_a_resource_that_no_pack_was_asked_about_is_red() -> None:
    other = {"resourcePreEvent": {"metadata": {"urn": urn + "2", "op": "update", "type": "x"}}}
    assert "did not run on 1 of 2 resources: vpc2" in reasons([step, other, answer, summary])


@pytest.mark.parametrize("operation", ["delete", "read", "refresh"])
def test_steps_for_which_the_engine_asks_no_pack_need_no_answer(operation: str) -> None:
    other = {"resourcePreEvent": {"metadata": {"urn": urn + "2", "op": operation, "type": "x"}}}
    assert not reasons([step, other, answer, summary])


def test_a_stack_rule_that_did_not_run_is_red_and_one_that_did_is_not() -> None:
    both = {"jurisdiction": Promise(frozenset({"zone", "region"}), frozenset({"buckets"}))}
    said = {"policyAnalyzeStackSummaryEvent": {"policyPackName": "jurisdiction", "passed": ["buckets"]}}
    assert "'buckets' of pack 'jurisdiction' did not run on the stack" in "\n".join(decide(clean, both).reasons)
    assert decide(record([step, answer, said, summary], 0), both).color == "green"


def test_a_run_without_any_answer_is_red() -> None:
    assert "nothing was judged" in reasons([summary])


def test_a_run_without_packs_is_red() -> None:
    assert any("no policy pack is attached" in reason for reason in decide(clean, {}).reasons)


def test_a_pack_that_promises_no_rules_is_red() -> None:
    assert any("promises no rules" in reason for reason in decide(clean, {"jurisdiction": Promise()}).reasons)


def test_a_failed_engine_is_red() -> None:
    assert "the engine failed (exit code 255)" in reasons([step, answer, summary], 255)


@pytest.mark.parametrize("text", ["", "{", '{"summaryEvent": {}}\n{"cut', "[]\n3"])
def test_a_cut_or_malformed_event_log_is_red(text: str, tmp_path: Path) -> None:
    log = tmp_path / "events"
    log.write_text(text, encoding="utf-8")
    assert decide(read_record(log, 0), promised).color == "red"
    assert decide(read_record(tmp_path / "missing", 0), promised).color == "red"


def test_an_event_log_is_read_back(tmp_path: Path) -> None:
    log = tmp_path / "events"
    log.write_text("".join(json.dumps(event) + "\n" for event in (step, answer, summary)), encoding="utf-8")
    assert decide(read_record(log, 0), promised).color == "green"


@given(st.sets(st.sampled_from(["exit", "complete", "answers"]), min_size=1))
def test_whatever_is_taken_from_a_clean_run_makes_it_red(taken: set[str]) -> None:
    """The seeded bugs of this family: each part of a clean run is needed for green."""
    damaged: RunRecord = clean
    if "exit" in taken:
        damaged = replace(damaged, exit_code=1)
    if "complete" in taken:
        damaged = replace(damaged, complete=False)
    if "answers" in taken:
        damaged = replace(damaged, answers={})
    assert decide(damaged, promised).color == "red"


def test_outputs_that_change_are_a_change() -> None:
    def stack(old: object, new: object) -> dict[str, Any]:
        metadata = {"type": "pulumi:pulumi:Stack", "old": {"outputs": old}, "new": {"outputs": new}}
        return {"resOutputsEvent": {"metadata": metadata}}

    same = {"resourcePreEvent": {"metadata": {**step["resourcePreEvent"]["metadata"], "op": "same"}}}
    assert record([same, stack({"a": 1}, {"a": 1}), summary], 0).unchanged
    assert not record([same, stack({"a": 1}, {"a": 2}), summary], 0).unchanged
    assert not record([step, stack({"a": 1}, {"a": 1}), summary], 0).unchanged


def finding(problem: str, where: str | None = None) -> Finding:
    subject = Subject(urn, "aws:ec2/vpc:Vpc", "vpc")
    return Finding(
        rule="JUR-003", name="zone", subject=subject, verdict="fail", problem=problem, remedy="move it", where=where
    )


def refused(*said: str, findings: tuple[Finding, ...], errors: tuple[str, ...] = ()) -> RunRecord:
    """A run in which the engine tells these texts of the rule `zone`, and the pack handed over these findings."""
    events: list[dict[str, Any]] = [step, answer, *(violation("mandatory", text) for text in said), summary]
    return replace(record(events, 1), findings={"jurisdiction": findings}, errors=errors)


def shown(run: RunRecord) -> list[str]:
    return [line.strip() for line in text_lines("local plan", run, decide(run, promised))]


def test_a_refusal_is_shown_from_the_pack_s_finding_whatever_the_engine_made_of_its_text() -> None:
    one, two = finding("is in Paris"), finding("is in Rome", "eu-south-1")
    run = refused("A title\n[masked] Paris", "A title\n[masked] Rome", findings=(one, two), errors=(one.message, "new"))
    assert shown(run)[:3] == [f"refused: {one.message}", f"refused: {two.message}", "error: new"]
    told = json.loads(as_json("local", "plan", run, decide(run, promised)))["refused"]
    assert [each["finding"]["problem"] for each in told] == ["is in Paris", "is in Rome"]
    assert told[1]["finding"]["where"] == "eu-south-1"


def test_a_pack_of_a_stranger_is_shown_with_all_of_its_text() -> None:
    run = refused("A title\nTwo words\nand a last line", findings=())
    assert shown(run)[0] == "refused: A title Two words and a last line"
    assert json.loads(as_json("local", "plan", run, decide(run, promised)))["refused"][0]["finding"] is None


def test_a_refusal_that_the_engine_keeps_to_itself_is_red() -> None:
    """The seeded bug of the side channel: an engine that loses what a pack told it."""
    run = replace(clean, findings={"jurisdiction": (finding("is in Paris"),)})
    assert decide(run, promised).reasons == ("JUR-003 zone refuses vpc, and the engine did not say so",)
    assert decide(replace(clean, findings={"jurisdiction": ()}), promised).color == "green"


many = {f"pack-{number}": Promise(frozenset({"zone", "region", "key"}), frozenset({"whole"})) for number in range(6)}
broken_off = record([step], 255)


def test_the_engines_own_failure_comes_first_and_alone_and_rules_that_did_not_run_fold_into_one_line() -> None:
    run = replace(broken_off, errors=("no stack named 'eu-prod' found",))
    verdict = decide(run, many)
    lines = list(text_lines("eu-prod plan", run, verdict))
    where = "18 on up to 1 of 1 resources, 6 on the stack as a whole"
    assert lines == [
        "  error: no stack named 'eu-prod' found",
        "eu-prod plan: broken off; 0 resources judged by 24 rules: red",
        "  because the engine failed (exit code 255)",
        f"  because 24 rules of 6 packs did not run everywhere: {where} (see --json)",
    ]
    assert verdict.exit_code == 3


def test_json_keeps_every_rule_that_did_not_run() -> None:
    told = json.loads(as_json("eu-prod", "plan", broken_off, decide(broken_off, many)))
    assert len(told["silent"]) == sum("did not run" in reason for reason in told["reasons"]) == 24
    assert told["silent"][0] == {
        "pack": "pack-0",
        "rule": "key",
        "missed": 1,
        "asked": 1,
        "first": urn,
    }
    assert told["failure"] == "the engine failed (exit code 255)"


@pytest.mark.parametrize(
    ("events", "code", "guard", "exit_code"),
    [
        ([step, answer, summary], 0, (), 0),
        ([step, answer, summary], 255, (), 3),
        ([step, answer], 0, (), 3),
        ([step, summary], 255, (), 3),
        ([step, summary], 0, (), 1),
        ([step, answer, violation("mandatory", "no"), summary], 255, (), 1),
        ([step, answer, violation("mandatory", "no")], 255, (), 1),
        ([step, answer, violation("advisory", "no"), summary], 255, (), 3),
        ([step, answer, summary], 255, ("refused by the guard",), 1),
        ([step], 255, ("refused by the guard",), 1),
    ],
)
def test_a_refusal_is_1_and_a_failure_of_the_engine_alone_is_3(
    events: list[dict[str, Any]], code: int, guard: tuple[str, ...], exit_code: int
) -> None:
    verdict = decide(replace(record(events, code), guard=guard), promised)
    assert verdict.exit_code == exit_code
    assert (verdict.failure is not None) is (exit_code == 3)


def test_what_the_guard_refuses_is_handed_over_beside_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals.hand_over("nobody asked")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    assert refusals.handed_over(tmp_path) == ()
    refusals.hand_over("one", "two\nlines")
    refusals.hand_over("one")
    assert refusals.handed_over(tmp_path) == ("one", "two\nlines")
    with (tmp_path / refusals.FILE).open("a") as file:
        file.write("{cut")
    assert len(refusals.handed_over(tmp_path)) == 3, "a line that is lost is a refusal still"
