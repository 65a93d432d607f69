"""A plan that hurts says so: what is replaced or deleted, what it carries, and what must be allowed first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from enclave_policies.judging.promise import Promise
from hypothesis import given
from hypothesis import strategies as st

from components.declaration import load_declaration
from console.gate import questions
from console.gate.loss_report import loss_lines, refusal
from console.gate.losses import Allowed, known_types, losses_of
from console.gate.record import Taken, record
from console.gate.report import as_json, text_lines
from console.gate.verdict import decide
from console.optional_values import with_values
from tests.enclave_policies.network.aws.own_stack import registered

SUBNET, KEY, BUCKET = "aws:ec2/subnet:Subnet", "aws:kms/key:Key", "aws:s3/bucket:Bucket"
NAMESPACE, ASSOCIATION = "kubernetes:core/v1:Namespace", "aws:ec2/routeTableAssociation:RouteTableAssociation"
SUMMARY: dict[str, Any] = {"summaryEvent": {}}
REPLACED = ("create-replacement", "replace", "delete-replaced")


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:local::enclave::enclave:index:Enclave${type_}::{name}"


def events(type_: str, name: str, *ops: str, **old: Any) -> list[dict[str, Any]]:
    """The steps of one resource, as the engine tells them."""
    keys = {"create-replacement": ["cidrBlock"], "replace": ["cidrBlock"]}
    entry = {"urn": urn(type_, name), "type": type_, "custom": True, **old}
    return [
        {
            "resourcePreEvent": {
                "metadata": {"urn": urn(type_, name), "op": op, "type": type_, "old": entry, "keys": keys.get(op)}
            }
        }
        for op in ops
    ]


def tags(segment: str = "store", classes: str = "restricted") -> dict[str, Any]:
    return {"inputs": {"tags": {"site": "dublin-1", "segment": segment, "data-class": classes}}}


def labels(segment: str, classes: str) -> dict[str, Any]:
    return {
        "inputs": {
            "metadata": {"labels": {"enclave/site": "hamar", "enclave/segment": segment, "enclave/data-class": classes}}
        }
    }


subnet = events(SUBNET, "dublin-1-store-a", *REPLACED, **tags())
association = events(ASSOCIATION, "dublin-1-store-a", *REPLACED)
key = events(KEY, "dublin-1-store", "delete", **tags("none"))
bucket = events(BUCKET, "dublin-1-store", *REPLACED, **tags())
PLAN = [*subnet, *association, *key, *bucket, SUMMARY]


def test_a_slot_that_changes_replaces_subnets_and_the_verdict_names_what_they_carry() -> None:
    run = record([*subnet, *association, SUMMARY], 0)
    found = losses_of(run.taken)
    assert [loss.words for loss in found.each] == [
        "replaces the subnet dublin-1-store-a (site dublin-1, segment store, data: restricted), as cidrBlock changes"
    ]
    assert found.parts == 1, "a subnet's association is no loss of its own"
    assert run.changes == {"replace": 2}


def test_what_stays_in_the_cloud_is_no_loss_and_is_named_unless_it_is_replaced() -> None:
    copy = events(BUCKET, "dublin-1-inspection", "delete", **tags("none"), retainOnDelete=True)
    policy = events("aws:s3/bucketPolicy:BucketPolicy", "dublin-1-inspection", "delete", retainOnDelete=True)
    found = losses_of(record([*copy, *policy, *subnet, SUMMARY], 0).taken)
    assert (found.stays, [loss.name for loss in found.each]) == (("bucket dublin-1-inspection",), ["dublin-1-store-a"])
    assert any("leaves in the cloud" in line and "bucket dublin-1-inspection" in line for line in loss_lines(found))
    replaced = events(BUCKET, "dublin-1-inspection", *REPLACED, **tags("none"), retainOnDelete=True)
    assert losses_of(record([*replaced, SUMMARY], 0).taken).stays == ()


@pytest.mark.parametrize("order", [REPLACED, ("delete-replaced", "replace", "create-replacement")])
def test_a_replacement_is_one_change_and_packs_must_answer_for_it_whatever_step_comes_last(
    order: tuple[str, ...],
) -> None:
    run = record([*events(SUBNET, "a", *order), SUMMARY], 0)
    assert run.changes == {"replace": 1}
    promised = {"jurisdiction": Promise(frozenset({"zone"}))}
    assert any("'zone' of pack 'jurisdiction' did not run on 1 of 1" in each for each in decide(run, promised).reasons)


def test_what_holds_data_or_keys_comes_first_and_is_asked_for_by_name() -> None:
    found = losses_of(record(PLAN, 0).taken)
    assert [(loss.weight, loss.replaced) for loss in found.each] == [("keys", False), ("data", True), ("carries", True)]
    lines = list(loss_lines(found))
    assert lines[0].endswith("which holds keys: nothing brings that back")
    asked = f"--allow-replace {KEY}::dublin-1-store --allow-replace {BUCKET}::dublin-1-store --allow-replace"
    assert lines[-1] == f"  `enclave up` asks for: {asked}", "two of one name are told apart by their types"
    assert asked in "\n".join(refusal(found, Allowed().lacking(found)))


@pytest.mark.parametrize(
    ("options", "lacking"),
    [
        ([], [KEY, BUCKET, SUBNET]),
        ([""], [KEY, BUCKET]),
        (["dublin-1-store"], [KEY, BUCKET, SUBNET]),  # which of the two?
        (["dublin-1-store-a"], [KEY, BUCKET]),
        ([f"{KEY}::dublin-1-store"], [BUCKET, SUBNET]),
        (["", f"{KEY}::dublin-1-store", f"{BUCKET}::dublin-1-store"], []),
    ],
)
def test_only_what_is_allowed_may_go(options: list[str], lacking: list[str]) -> None:
    found = losses_of(record(PLAN, 0).taken)
    assert [loss.full_name.partition("::")[0] for loss in Allowed.of(options).lacking(found)] == lacking


def test_a_subnet_that_is_deleted_is_named_and_needs_no_permission() -> None:
    found = losses_of(record([*events(SUBNET, "a", "delete", **tags()), SUMMARY], 0).taken)
    assert next(loss_lines(found)).startswith("  deletes the subnet a")
    assert Allowed().lacking(found) == ()


@pytest.mark.parametrize(
    ("segment", "classes", "holds"),
    [
        ("store", "restricted", True),
        ("keys", "none", True),
        ("app", "restricted_allowable", False),
        ("gateway", "none", False),
    ],
)
def test_a_namespace_holds_what_its_segment_holds(segment: str, classes: str, holds: bool) -> None:
    (loss,) = losses_of(record([*events(NAMESPACE, "n", "delete", **labels(segment, classes)), SUMMARY], 0).taken).each
    assert loss.holds is holds
    assert (loss.site, loss.segment) == ("hamar", segment)
    assert "_" not in ", ".join(loss.classes)


def test_whatever_is_protected_holds_data_or_keys() -> None:
    taken = record([*events(SUBNET, "a", "delete", protect=True), SUMMARY], 0).taken
    assert [loss.holds for loss in losses_of(taken).each] == [True]


def test_a_type_that_the_table_lacks_is_asked_about_and_components_and_providers_are_not() -> None:
    strange = [
        *events("aws:strange/thing:Thing", "t", *REPLACED),
        *events("enclave:aws:Storage", "s", "delete", custom=False),
        *events("pulumi:providers:aws", "p", *REPLACED),
    ]
    found = losses_of(record([*strange, SUMMARY], 0).taken)
    assert [loss.kind for loss in found.each] == ["aws:strange/thing:Thing"]
    assert Allowed().lacking(found) == found.each


def test_the_table_weighs_every_type_that_the_components_make() -> None:
    stack = registered(load_declaration(Path(__file__).parents[2] / "stacks" / "local.yaml"), planned=False)
    types = {resource.type for resource in stack if resource.type.startswith(("aws:", "kubernetes:"))}
    assert len(types) > 30
    assert types <= known_types()


def test_a_protected_thing_that_would_go_is_a_refusal_and_no_failure_of_the_engine() -> None:
    said = 'unable to replace resource "x"\nas it is currently marked for protection. To unprotect …'
    errors = [
        {"diagnosticEvent": {"severity": "error", "urn": urn(BUCKET, "dublin-1-store"), "message": said}},
        {"diagnosticEvent": {"severity": "error", "message": "preview failed\n"}},
    ]
    run = record([*bucket, *errors, SUMMARY], 1)
    verdict = decide(run, {})
    assert (verdict.exit_code, verdict.failure, verdict.only_protected) == (1, None, True)
    shown = "\n".join(text_lines("local plan", run, verdict))
    assert "1 of what would be taken away hold data or keys and are protected" in shown
    assert "To unprotect" not in shown, "a declaration in YAML has no such option"
    assert json.loads(as_json("local", "plan", run, verdict))["losses"][0]["protected"] is True
    other = {"diagnosticEvent": {"severity": "error", "message": "moto is gone"}}
    assert not decide(record([*bucket, *errors, other, SUMMARY], 1), {}).only_protected


def test_json_tells_each_loss_and_what_allows_it() -> None:
    run = record(PLAN, 0)
    told = json.loads(as_json("local", "plan", run, decide(run, {})))["losses"]
    assert [(each["kind"], each["segment"], each["classes"], each["allowed_by"]) for each in told] == [
        ("key", None, ["restricted"], f"--allow-replace {KEY}::dublin-1-store"),
        ("bucket", "store", ["restricted"], f"--allow-replace {BUCKET}::dublin-1-store"),
        ("subnet", "store", ["restricted"], "--allow-replace"),
    ]


@pytest.mark.parametrize(
    ("typed", "parsed"),
    [
        (["up", "local", "--allow-replace"], ["up", "local", "--allow-replace="]),
        (["up", "--allow-replace", "--yes", "local"], ["up", "--allow-replace=", "--yes", "local"]),
        (["up", "local", "--allow-replace", "x"], ["up", "local", "--allow-replace", "x"]),
        (["up", "--allow-replace=x", "local"], ["up", "--allow-replace=x", "local"]),
        (["up", "--", "--allow-replace"], ["up", "--", "--allow-replace"]),
        ([], []),
    ],
)
def test_the_option_may_stand_without_a_name(typed: list[str], parsed: list[str]) -> None:
    assert with_values(typed) == parsed


@given(st.sets(st.sampled_from(["dublin-1-store", "dublin-1-store-a", "x", ""])))
def test_no_bare_word_ever_lets_data_or_keys_go(options: set[str]) -> None:
    """The seeded bug of this family: a permission for anything that allows what nobody named."""
    found = losses_of(record(PLAN, 0).taken)
    assert [loss for loss in found.each if loss.holds and loss not in Allowed.of(options).lacking(found)] == []


@pytest.mark.parametrize(
    ("typed", "lacking"),
    [([f"{KEY}::dublin-1-store", f"{BUCKET}::dublin-1-store"], 0), (["yes", ""], 2), (["dublin-1-store", "y"], 2)],
)
def test_at_a_terminal_what_holds_data_or_keys_goes_when_its_name_is_typed(
    typed: list[str], lacking: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = losses_of(record(PLAN, 0).taken)
    answers = iter(typed)
    asked: list[str] = []

    def prompt(question: str, **_: object) -> str:
        asked.append(question)
        return next(answers)

    monkeypatch.setattr(typer, "prompt", prompt)
    monkeypatch.setattr(questions, "somebody_there", lambda: True)
    given = questions.asked(Allowed(replacements=True), found, yes=False)
    assert len(given.lacking(found)) == lacking
    assert asked == [f"Type {KEY}::dublin-1-store to let it go", f"Type {BUCKET}::dublin-1-store to let it go"]
    assert questions.asked(Allowed(), found, yes=True) == Allowed(), "with --yes nobody is asked, so nothing is allowed"


@pytest.mark.parametrize(("name", "replaced"), [("dublin-1-store-a", True), ("dublin-1-other", False)])
def test_what_is_made_elsewhere_under_the_same_name_is_replaced(name: str, replaced: bool) -> None:
    """A segment that moves to another slot has new subnets, of which the engine knows nothing but that they are new."""
    old = {"type": SUBNET, "inputs": {"tags": {"Name": "dublin-1-store-a", "site": "dublin-1"}}}
    new = {"type": SUBNET, "inputs": {"tags": {"Name": name, "site": "dublin-1"}}}
    losses = losses_of([Taken(f"urn:pulumi:s::p::{SUBNET}::dublin-1-slot-3-a", replaced=False, old=old)], [new])
    assert [loss.replaced for loss in losses.each] == [replaced]


@pytest.mark.parametrize(
    ("classes", "asked"), [("none", False), ("restricted", True), ("none+restricted", True), ("", True)]
)
def test_an_object_that_says_that_it_holds_no_data_is_written_again_unasked(classes: str, asked: bool) -> None:
    """So another bundle of a gateway, under its own digest, comes like another ConfigMap."""
    seen = record(
        [*events("aws:s3/bucketObjectv2:BucketObjectv2", "bundle", *REPLACED, **tags(classes=classes)), SUMMARY], 0
    )
    assert bool(Allowed().lacking(losses_of(seen.taken))) is asked


@pytest.mark.parametrize(
    ("marked", "protected", "weight"),
    [("none", False, "carries"), ("none", True, "data"), ("restricted", False, "data"), ("", False, "data")],
)
def test_a_bucket_without_data_only_carries(marked: str, *, protected: bool, weight: str) -> None:
    urn = "urn:pulumi:s::enclave::aws:s3/bucket:Bucket::dublin-1-config"
    old = {"inputs": {"tags": {"data-class": marked}}, "protect": protected, "custom": True}
    (loss,) = losses_of([Taken(urn, replaced=False, old=old)]).each
    assert loss.weight == weight
