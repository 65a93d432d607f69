"""Each movement needs a basis for every regime, on the day that is judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from enclave_policies.law.basis import transfer_basis
from enclave_policies.law.folder import load_law
from enclave_policies.law.instruments import MOVEMENTS, REGIMES, AdequacyDecision, Movement, Regime, TransferRule
from hypothesis import given
from hypothesis import strategies as some

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.law.instruments import BasisKind, Status

TODAY = date(2026, 11, 30)
LAW = load_law(as_of=TODAY)
HOST = frozenset({"IE", "NO"})


def rule(
    basis: BasisKind,
    *targets: str,
    name: str = "r",
    movements: tuple[Movement, ...] = MOVEMENTS,
    regimes: tuple[Regime, ...] = REGIMES,
    last_day: date | None = None,
    assessed: date | None = None,
    meets: tuple[str, ...] = (),
) -> TransferRule:
    return TransferRule(
        name,
        basis,
        HOST,
        frozenset(targets),
        frozenset(movements),
        frozenset(regimes),
        assessed,
        last_day,
        last_day,
        "aggregates of 50" if basis == "pseudonymised" else None,
        frozenset(meets),
    )


def law(*rules: TransferRule, day: date = TODAY, adequacy: tuple[AdequacyDecision, ...] | None = None) -> Law:
    return replace(LAW, transfers=rules, day=day, adequacy=LAW.adequacy if adequacy is None else adequacy)


def allowed(law: Law, target: str | None, source: str | None = "IE", movement: Movement = "copy") -> bool:
    return transfer_basis(law, source, target, movement) is not None


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_the_shipped_law_allows_movements_between_ireland_and_norway_alone(movement: Movement) -> None:
    found = {(a, b) for a in LAW.countries for b in LAW.countries if transfer_basis(LAW, a, b, movement)}
    assert found == {(a, b) for a in HOST for b in HOST}


def test_a_basis_names_its_rule_and_says_why() -> None:
    basis = transfer_basis(LAW, "IE", "NO", "copy")
    assert basis is not None
    assert (basis.rule, basis.basis) == ("inside", "inside")
    assert basis.words == "rule inside (inside the approved jurisdictions)"


def test_a_country_that_nobody_knows_has_no_basis() -> None:
    everything = law(rule("pseudonymised", *LAW.countries))
    assert allowed(everything, "US")
    assert not allowed(everything, None)
    assert not allowed(everything, "US", source=None)
    assert not allowed(everything, "US", source="US")


def test_adequacy_must_be_found_by_every_regime() -> None:
    adequate = law(rule("adequacy", *LAW.countries))
    found = {country for country in LAW.countries if allowed(adequate, country)}
    eea = LAW.country_sets["EEA"]
    assert found == eea | {"GB", "CH"} | {"AD", "AR", "FO", "GG", "IL", "IM", "JE", "NZ", "UY"}
    assert "BR" not in found  # adequate to the EU alone
    assert "KR" not in found  # to the EU and the UK alone
    basis = transfer_basis(adequate, "IE", "GB", "copy")
    assert basis is not None
    assert basis.words == "rule r (eu: adequacy decision eu-gb, uk: at home, ch: adequacy decision ch-annex-1)"


def test_a_conditional_decision_counts_only_where_the_recipient_meets_it() -> None:
    assert not allowed(law(rule("adequacy", "US")), "US")
    assert not allowed(law(rule("adequacy", "US", meets=("eu-us", "uk-us"))), "US")
    assert allowed(law(rule("adequacy", "US", meets=("eu-us", "uk-us", "ch-us"))), "US")


@pytest.mark.parametrize(("day", "expected"), [(date(2031, 12, 27), True), (date(2031, 12, 28), False)])
def test_the_day_after_a_decision_expires_its_transfers_fail_and_no_others(day: date, *, expected: bool) -> None:
    judged = law(rule("adequacy", *LAW.countries), day=day)
    assert allowed(judged, "GB") is expected
    assert allowed(judged, "CH")
    assert allowed(judged, "NO")


@pytest.mark.parametrize("status", ["suspended", "repealed", "expired"])
def test_a_decision_that_is_not_in_force_covers_nothing(status: Status) -> None:
    decisions = tuple(replace(one, status=status) if one.id == "eu-gb" else one for one in LAW.adequacy)
    judged = law(rule("adequacy", "GB", "CH"), adequacy=decisions)
    assert not allowed(judged, "GB")
    assert allowed(judged, "CH")


def test_a_decision_covers_nothing_before_its_first_day() -> None:
    us = rule("adequacy", "US", meets=("eu-us", "uk-us", "ch-us"))
    assert not allowed(law(us, day=date(2024, 9, 14)), "US")
    assert allowed(law(us, day=date(2024, 9, 15)), "US")


@pytest.mark.parametrize("basis", ["transitional", "contract-clauses"])
def test_the_day_after_a_rule_ends_it_is_no_basis(basis: BasisKind) -> None:
    ending = rule(basis, "US", last_day=TODAY)
    assert allowed(law(ending), "US")
    assert not allowed(law(ending, day=TODAY + timedelta(1)), "US")


def test_contract_clauses_are_no_basis_before_they_were_assessed() -> None:
    clauses = rule("contract-clauses", "US", assessed=TODAY)
    assert allowed(law(clauses), "US")
    assert not allowed(law(clauses, day=TODAY - timedelta(1)), "US")


def test_several_rules_cover_the_regimes_together() -> None:
    eu = rule("contract-clauses", "BR", name="clauses", regimes=("uk", "ch"), assessed=date(2026, 11, 1))
    br = rule("adequacy", "BR", name="adequate")
    assert not allowed(law(eu), "BR")
    assert not allowed(law(br), "BR")
    basis = transfer_basis(law(eu, br), "IE", "BR", "copy")
    assert basis is not None
    assert (basis.rule, basis.basis) == ("clauses + adequate", "contract-clauses + adequacy")
    assert basis.words == (
        "rule clauses (contract clauses, transfer impact assessed on 2026-11-01), "
        "rule adequate (eu: adequacy decision eu-br)"
    )


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        ("inside", "inside the approved jurisdictions"),
        ("contract-clauses", "contract clauses, transfer impact assessed on 2026-11-01"),
        ("transitional", "transitional until 2026-11-30"),
        ("pseudonymised", "only after pseudonymisation: aggregates of 50"),
    ],
)
def test_each_basis_has_its_words(basis: BasisKind, words: str) -> None:
    found = transfer_basis(law(rule(basis, "NO", last_day=TODAY, assessed=date(2026, 11, 1))), "IE", "NO", "copy")
    assert found is not None
    assert (found.basis, found.words) == (basis, f"rule r ({words})")


def test_a_resource_copies_only_what_a_measure_has_made() -> None:
    made = replace(rule("pseudonymised", "US"), classes=frozenset({"statistics"}))

    def copied(*classes: str) -> bool:
        return transfer_basis(law(made), "IE", "US", "copy", frozenset(classes)) is not None

    assert copied("statistics")
    assert not copied()
    assert not copied("restricted")
    assert not copied("statistics", "restricted")
    assert transfer_basis(law(made), "IE", "US", "copy") is not None, "a declared movement goes through the measure"
    clauses = rule("contract-clauses", "US", assessed=TODAY)
    assert transfer_basis(law(clauses), "IE", "US", "copy", frozenset()) is not None


def test_an_unknown_country_is_in_no_set() -> None:
    everything = law(rule("pseudonymised", *LAW.countries))
    assert transfer_basis(everything, None, "NO", "copy") is transfer_basis(everything, "NO", None, "copy") is None


def test_a_rule_allows_its_movements_and_direction_alone() -> None:
    inwards = TransferRule(
        "w", "transitional", frozenset({"US"}), HOST, frozenset({"copy"}), frozenset(REGIMES), last_day=TODAY
    )
    assert allowed(law(inwards), "NO", source="US")
    assert not allowed(law(inwards), "NO", source="US", movement="link")
    assert not allowed(law(inwards), "US", source="NO")


countries = some.sampled_from(["IE", "NO", "GB", "CH", "US", "BR", "SG"])
rules = some.builds(
    rule,
    some.sampled_from(["adequacy", "contract-clauses", "transitional", "pseudonymised"]),
    countries,
    countries,
    name=some.sampled_from("abc"),
    movements=some.lists(some.sampled_from(MOVEMENTS), min_size=1).map(tuple),
    regimes=some.lists(some.sampled_from(REGIMES), min_size=1).map(tuple),
    last_day=some.none() | some.dates(date(2026, 1, 1), date(2027, 12, 31)),
    meets=some.lists(some.sampled_from(["eu-us", "uk-us", "ch-us"])).map(tuple),
)


@given(some.lists(rules, max_size=4), rules, countries, some.sampled_from(MOVEMENTS))
def test_one_more_rule_never_takes_a_basis_away(
    some_rules: list[TransferRule], more: TransferRule, target: str, movement: Movement
) -> None:
    fewer = law(*some_rules)
    if allowed(fewer, target, movement=movement):
        assert allowed(law(*some_rules, more), target, movement=movement)


@given(some.lists(rules, max_size=4), countries, some.sampled_from(MOVEMENTS), some.dates(TODAY, date(2029, 1, 1)))
def test_time_alone_never_gives_a_basis(
    some_rules: list[TransferRule], target: str, movement: Movement, later: date
) -> None:
    """Nothing here begins after today, so what has no basis today has none on any later day."""
    if not allowed(law(*some_rules), target, movement=movement):
        assert not allowed(law(*some_rules, day=later), target, movement=movement)


def test_a_basis_for_one_regime_alone_would_let_data_out() -> None:
    """The seeded bug of this family: to ask one regime instead of all calls Brazil adequate."""
    only_eu = law(rule("adequacy", "BR", regimes=("eu",)), rule("adequacy", "BR"))
    assert not allowed(only_eu, "BR")
    decisions = [one for one in LAW.adequacy if "BR" in one.countries and one.in_force(TODAY)]
    assert [one.regime for one in decisions] == ["eu"]
