"""An exception waives what it names until its last day; after that it is reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.waivers import expired, lapsed, stack_of, unused, waiver
from enclave_policies.law.facts import matches
from enclave_policies.law.folder import load_law
from enclave_policies.law.instruments import ExceptionGrant
from enclave_policies.resources.resource import Provider, Resource
from enclave_policies.rules.jurisdiction import JURISDICTION
from hypothesis import given
from hypothesis import strategies as some

if TYPE_CHECKING:
    from enclave_policies.law import Law

TYPE = "aws:s3/bucket:Bucket"
URN = f"urn:pulumi:local::enclave::{TYPE}::logs"
LAST = date(2026, 12, 31)
FIRST = date(2026, 11, 1)
GRANT = ExceptionGrant(
    "e", frozenset({"JUR-010"}), "Kari", "Aoife", "reason", "T-1", FIRST, LAST, "exceptions.yaml:4:3", urn=URN
)
SELECTOR = replace(GRANT, id="s", urn=None, type=TYPE, name="logs-*", stack="local")


def law(*grants: ExceptionGrant, day: date = LAST) -> Law:
    return replace(load_law(), exceptions=grants, day=day)


def waived(grant: ExceptionGrant, *, rule: str = "JUR-010", urn: str = URN, name: str = "logs", **more: date) -> bool:
    return waiver(law(grant, **more), rule, urn, urn.split("::")[2], name) is not None


def test_an_exception_waives_its_urn_and_no_other() -> None:
    assert waived(GRANT)
    assert not waived(GRANT, urn=URN + "2", name="logs2")
    assert not waived(GRANT, urn=URN.replace(":local", ":prod"))
    assert not waived(GRANT, rule="JUR-011")


@pytest.mark.parametrize(
    ("urn", "name", "expected"),
    [
        (f"{URN}-1", "logs-1", True),
        (f"{URN}-", "logs-", True),
        (URN, "logs", False),
        (f"{URN}-1".replace("Bucket::", "BucketV2::"), "logs-1", False),
        (f"{URN}-1".replace(":local", ":prod"), "logs-1", False),
    ],
)
def test_a_selector_waives_its_type_names_and_stack(urn: str, name: str, *, expected: bool) -> None:
    assert waived(SELECTOR, urn=urn, name=name) is expected


def test_a_selector_without_a_stack_waives_in_every_stack() -> None:
    anywhere = replace(SELECTOR, stack=None)
    assert waived(anywhere, urn=f"{URN}-1".replace(":local", ":prod"), name="logs-1")


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 10, 31), False), (FIRST, True), (LAST, True), (date(2027, 1, 1), False)],
)
def test_an_exception_waives_from_its_first_day_to_its_last(day: date, *, expected: bool) -> None:
    assert waived(GRANT, day=day) is expected


def test_an_exception_that_ran_out_is_reported_where_it_would_have_waived() -> None:
    after = law(GRANT, day=date(2027, 1, 1))
    assert lapsed(after, "JUR-010", URN, TYPE, "logs") is GRANT
    assert lapsed(after, "JUR-010", URN + "2", TYPE, "logs2") is None
    assert expired(after) == (GRANT,)
    assert lapsed(law(GRANT), "JUR-010", URN, TYPE, "logs") is None
    assert lapsed(law(SELECTOR, day=date(2027, 1, 1)), "JUR-010", f"{URN}-1", TYPE, "logs-1") is SELECTOR
    assert expired(law(GRANT)) == ()


def test_a_renewed_exception_waives_again() -> None:
    renewed = replace(GRANT, id="e2", granted=date(2027, 1, 1), expires=date(2027, 3, 31))
    found = waiver(law(GRANT, renewed, day=date(2027, 2, 1)), "JUR-010", URN, TYPE, "logs")
    assert found is renewed


def test_an_exception_that_waived_nothing_is_removable() -> None:
    both = law(GRANT, SELECTOR)
    assert unused(both, {"e"}) == (SELECTOR,)
    assert unused(both, {"e", "s"}) == ()
    assert unused(law(GRANT, day=date(2027, 1, 1)), set()) == ()  # that one is reported as expired


def test_a_waived_finding_names_the_exception_and_who_answers_for_it() -> None:
    provider = Provider("urn:p", "pulumi:providers:aws", "dublin-1", {"region": "eu-west-1"})
    bucket = Resource(URN, TYPE, "logs", {"region": "us-east-1"}, provider)
    grant = replace(GRANT, rules=frozenset({"JUR-001"}))
    found = [
        finding
        for findings in judge_stack([bucket], law(grant), JURISDICTION).values()
        for finding in findings
        if finding.rule == "JUR-001"
    ]
    assert [(finding.verdict, finding.exception) for finding in found] == [("waived", "e")]
    assert found[0].message.endswith("; waived until 2026-12-31 by exception e (owner Kari, approver Aoife)")


@pytest.mark.parametrize(
    ("rule", "verdicts"), [("JUR-001", [("JUR-024", "fail")]), ("JUR-014", []), ("JUR-024", [("JUR-024", "waived")])]
)
def test_an_exception_waives_a_record_by_the_rule_that_it_breaks_or_the_one_on_records(
    rule: str, verdicts: list[tuple[str, str]]
) -> None:
    provider = Provider("urn:p", "pulumi:providers:aws", "dublin-1", {"region": "eu-west-1"})
    bucket = Resource(URN, TYPE, "logs", {"acl": "private"}, provider, outputs={"acl": "public-read"})
    found = judge_stack([bucket], law(replace(GRANT, rules=frozenset({rule}))), JURISDICTION)[URN]
    assert [(finding.rule, finding.verdict) for finding in found] == verdicts


@given(some.text(), some.text())
def test_a_pattern_without_a_star_matches_itself_alone(text: str, pattern: str) -> None:
    if not pattern.endswith("*"):
        assert matches(text, pattern) is (text == pattern)
    assert matches(pattern + text, pattern + "*")


@pytest.mark.parametrize(("urn", "stack"), [(URN, "local"), ("logs", ""), ("", ""), ("other::thing", "")])
def test_a_stack_is_read_off_a_urn(urn: str, stack: str) -> None:
    assert stack_of(urn) == stack


def test_one_day_past_its_expiry_an_exception_changes_its_own_verdicts_alone() -> None:
    provider = Provider("urn:p", "pulumi:providers:aws", "dublin-1", {"region": "eu-west-1"})

    def bucket(name: str, region: str) -> Resource:
        return Resource(URN.replace("logs", name), TYPE, name, {"region": region}, provider)

    stack = [bucket("logs", "us-east-1"), bucket("more", "us-east-1"), bucket("home", "eu-west-1")]
    grant = replace(GRANT, rules=frozenset({"JUR-001"}))
    verdicts = [
        {
            (urn.rsplit("::")[-1], finding.rule): finding.verdict
            for urn, findings in judge_stack(stack, law(grant, day=day), JURISDICTION).items()
            for finding in findings
        }
        for day in (LAST, date(2027, 1, 1))
    ]
    assert verdicts[0]["logs", "JUR-001"] == "waived"
    assert verdicts[1]["logs", "JUR-001"] == verdicts[0]["more", "JUR-001"] == "fail"
    assert {key for key in verdicts[0] | verdicts[1] if verdicts[0].get(key) != verdicts[1].get(key)} == {
        ("logs", "JUR-001")
    }
    assert not any(name == "home" for name, _ in verdicts[0])


def test_matching_by_the_beginning_of_a_urn_would_waive_a_stranger() -> None:
    """The seeded bug of this family: a comparison that takes a longer name for the granted one."""
    stranger = URN + "-of-somebody-else"
    assert stranger.startswith(URN)
    assert not waived(GRANT, urn=stranger, name="logs-of-somebody-else")
