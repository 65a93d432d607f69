"""Adequacy decisions, transfer rules and exceptions: bad ones are refused at their place when the law is read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.law.folder import load_law
from enclave_policies.law.instruments import REGIMES

from tests.enclave_policies.law_editing import TODAY, copy_of_the_law, extend, law_of, refusal

if TYPE_CHECKING:
    from pathlib import Path

DECISION = {
    "id": "d",
    "regime": "eu",
    "countries": ["SG"],
    "scope": "whole",
    "status": "in-force",
    "adopted": "2020-01-01",
}
RULE = {"id": "r", "basis": "inside", "from": ["host"], "to": ["host"], "owner": "o", "source": "s"}
GRANT = {
    "id": "e",
    "rules": ["JUR-001"],
    "urn": "urn:pulumi:local::enclave::aws:s3/bucket:Bucket::logs",
    "owner": "Kari",
    "approver": "Aoife",
    "reason": "r",
    "ticket": "t",
    "granted": "2026-11-01",
    "expires": "2026-12-31",
}
SELECT = {"type": "aws:s3/bucket:Bucket", "name": "logs"}
ABSENT = object()


def changed(entry: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**entry, **changes}.items() if value is not ABSENT}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return copy_of_the_law(tmp_path)


def test_every_shipped_decision_says_its_regime_dates_status_and_source() -> None:
    law = load_law(as_of=TODAY)
    assert {decision.regime for decision in law.adequacy} == set(REGIMES) == set(law.homes)
    adequate_to_the_eu = {
        country
        for decision in law.adequacy
        if decision.regime == "eu" and decision.in_force(TODAY)
        for country in decision.countries
    }
    assert " ".join(sorted(adequate_to_the_eu)) == "AD AR BR CA CH FO GB GG IL IM JE JP KR NZ US UY"
    assert "NO" in law.homes["eu"]
    assert not {"GB", "CH"} & law.homes["eu"]


def test_the_decision_about_the_united_kingdom_ends_with_its_last_day() -> None:
    decision = next(one for one in load_law(as_of=TODAY).adequacy if one.id == "eu-gb")
    assert decision.in_force(date(2031, 12, 27))
    assert not decision.in_force(date(2031, 12, 28))
    assert not decision.in_force(date(2021, 6, 27))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"regime": "us"}, "'us' is not one of 'eu', 'uk', 'ch'"),
        ({"countries": ["XX"]}, "'XX' is no country and no set"),
        ({"countries": ABSENT}, "names countries or an organisation, one of the two"),
        ({"organisation": "EPO"}, "names countries or an organisation, one of the two"),
        ({"status": "active"}, "'active' is not one of"),
        ({"adopted": "2020-02-30"}, "'2020-02-30' is not a day"),
        ({"adopted": ABSENT}, "'adopted' is missing"),
        ({"expires": "2019-12-31"}, "expires 2019-12-31 lies before the day of adoption"),
        ({"effective": "2019-12-31"}, "effective 2019-12-31 lies before the day of adoption"),
        ({"scope": " "}, "scope: is empty"),
        ({"as_of": "2999-01-01"}, "lies in the future"),
        ({"conditon": "x"}, "did you mean 'condition'"),
    ],
)
def test_a_bad_decision_is_refused_at_its_place(pack: Path, changes: dict[str, Any], message: str) -> None:
    extend(pack, "adequacy.yaml", decisions=[changed(DECISION, changes)])
    text = refusal(pack)
    assert len(text.splitlines()) == 1
    assert "adequacy.yaml:" in text
    assert message in text


def test_two_decisions_for_one_country_at_one_time_are_refused(pack: Path) -> None:
    later = {**DECISION, "id": "d2", "adopted": "2024-01-01"}
    extend(pack, "adequacy.yaml", decisions=[DECISION, later])
    assert "'d2' and 'd' hold for SG at the same time" in refusal(pack)
    extend(pack, "adequacy.yaml", decisions=[{**DECISION, "expires": "2023-12-31"}, later])
    assert len(law_of(pack).adequacy) == 2
    extend(pack, "adequacy.yaml", decisions=[{**DECISION, "status": "repealed"}, later])
    assert len(law_of(pack).adequacy) == 2


def test_a_regime_without_a_home_is_refused(pack: Path) -> None:
    extend(pack, "adequacy.yaml", regimes={"eu": {"name": "e", "home": ["EEA"]}, "uk": {"name": "u", "home": ["UX"]}})
    text = refusal(pack)
    assert "'ch' is missing; add its home" in text
    assert "'UX' is no country and no set" in text


def test_the_one_shipped_rule_follows_what_may_host(pack: Path) -> None:
    (rule,) = law_of(pack).transfers
    assert (rule.id, rule.basis) == ("inside", "inside")
    assert rule.sources == rule.targets == {"IE", "NO"}
    extend(pack, "approved.yaml", host=["IE", "DE"])
    assert law_of(pack).transfers[0].targets == {"IE", "DE"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"basis": "trust"}, "'trust' is not one of 'inside', 'adequacy'"),
        ({"to": ["GB"]}, "basis 'inside' reaches GB, which may not host"),
        ({"to": ["EEA"]}, "basis 'inside' reaches AT, BE"),
        ({"from": []}, "from: has 0 items; give at least 1"),
        ({"from": ["Ireland"]}, "'Ireland' is no country and no set"),
        ({"movements": ["teleport"]}, "'teleport' is not one of 'copy'"),
        ({"regimes": []}, "regimes: has 0 items"),
        ({"basis": "contract-clauses"}, "basis 'contract-clauses' needs 'assessed'"),
        ({"basis": "contract-clauses", "assessed": "2999-01-01"}, "lies in the future"),
        ({"basis": "transitional"}, "basis 'transitional' needs 'expires'"),
        ({"basis": "pseudonymised"}, "basis 'pseudonymised' needs 'measure'"),
        ({"assessed": "2026-01-01"}, "'assessed' belongs to basis 'contract-clauses', not 'inside'"),
        ({"classes": ["statistics"]}, "'classes' belongs to basis 'pseudonymised', not 'inside'"),
        ({"measure": "m"}, "'measure' belongs to basis 'pseudonymised', not 'inside'"),
        ({"basis": "adequacy", "meets": ["eu-gb"]}, "'eu-gb' is no adequacy decision with a condition"),
        ({"owner": ABSENT}, "'owner' is missing"),
    ],
)
def test_a_bad_transfer_rule_is_refused_at_its_place(pack: Path, changes: dict[str, Any], message: str) -> None:
    extend(pack, "transfers.yaml", transfers=[changed(RULE, changes)])
    text = refusal(pack)
    assert len(text.splitlines()) == 1
    assert "transfers.yaml:" in text
    assert message in text


def test_an_id_that_is_given_twice_is_refused_with_both_places(pack: Path) -> None:
    extend(pack, "transfers.yaml", transfers=[RULE, RULE])
    extend(pack, "exceptions.yaml", exceptions=[GRANT, GRANT])
    extend(pack, "adequacy.yaml", decisions=[DECISION, DECISION])
    text = refusal(pack)
    for what in ("transfer rule 'r'", "exception 'e'", "decision 'd'"):
        assert f"{what} is given twice (first at " in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"approver": "Kari"}, "'Kari' owns the exception and approves it"),
        ({"approver": " KARI "}, "'KARI' owns the exception and approves it"),
        ({"expires": "2027-05-01"}, "holds for 181 days, 180 are the limit"),
        ({"expires": "2026-10-31"}, "expires 2026-10-31 before it is granted on 2026-11-01"),
        ({"expires": ABSENT}, "'expires' is missing"),
        ({"reason": ""}, "reason: is empty"),
        ({"rules": []}, "rules: has 0 items"),
        ({"rules": ["JUR-001", "JUR-999"]}, "'JUR-999' is no rule of any pack"),
        ({"rules": ["resource-region"]}, "'resource-region' is no rule of any pack"),
        ({"urn": ABSENT}, "needs a urn or a select, one of the two"),
        ({"select": SELECT}, "needs a urn or a select, one of the two"),
        ({"urn": "urn:pulumi:local::enclave::*::logs"}, "is no whole URN"),
        ({"urn": "logs"}, "'logs' is no whole URN"),
        ({"urn": ABSENT, "select": {"type": "aws:s3/bucket:Bucket"}}, "'name' is missing"),
        ({"urn": ABSENT, "select": {**SELECT, "name": "*"}}, "'*' is too wide"),
        ({"urn": ABSENT, "select": {**SELECT, "name": "a*b"}}, "'a*b' is too wide"),
        ({"urn": ABSENT, "select": {**SELECT, "name": "a**"}}, "'a**' is too wide"),
        ({"urn": ABSENT, "select": {**SELECT, "type": "aws:*"}}, "'aws:*' is no whole type token"),
        ({"urn": ABSENT, "select": {**SELECT, "stack": "eu-*"}}, "'eu-*' is no stack's name"),
    ],
)
def test_a_bad_exception_is_refused_at_its_place(pack: Path, changes: dict[str, Any], message: str) -> None:
    extend(pack, "exceptions.yaml", exceptions=[changed(GRANT, changes)])
    text = refusal(pack)
    assert len(text.splitlines()) == 1
    assert "exceptions.yaml:" in text
    assert message in text


def test_an_exception_of_exactly_the_longest_time_is_accepted(pack: Path) -> None:
    extend(pack, "exceptions.yaml", exceptions=[{**GRANT, "expires": "2027-04-30"}])
    (grant,) = law_of(pack).exceptions
    assert (grant.expires - grant.granted).days == 180
    assert grant.position.endswith("exceptions.yaml:4:3")


def test_instruments_that_have_run_out_leave_the_law_readable(pack: Path) -> None:
    extend(pack, "exceptions.yaml", exceptions=[GRANT])
    extend(pack, "transfers.yaml", transfers=[{**RULE, "basis": "transitional", "expires": "2026-11-29"}])
    assert law_of(pack, date(2027, 6, 1)).exceptions
    assert not law_of(pack).transfers[0].in_force(TODAY)


def test_problems_of_all_instruments_arrive_at_once(pack: Path) -> None:
    extend(pack, "exceptions.yaml", exceptions=[{**GRANT, "approver": "Kari", "rules": ["JUR-999"]}])
    extend(pack, "transfers.yaml", transfers=[{**RULE, "to": ["GB"]}])
    extend(pack, "adequacy.yaml", decisions=[{**DECISION, "countries": ["XX"]}])
    extend(pack, "approved.yaml", networks=["10.0.0.1/8"])
    text = refusal(pack)
    assert all(part in text for part in ("approves it", "JUR-999", "reaches GB", "'XX'", "is no CIDR block"))
