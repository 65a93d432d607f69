"""A record tells of every declared movement that leaves a country, and what each regime says of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from enclave_policies.law.folder import load_law
from enclave_policies.law.folder.access import access_of

import located_yaml
from components.declaration import load_declaration
from console.recording.transfers import transfers
from sandbox.failover.declared import declared

if TYPE_CHECKING:
    from enclave_policies.law import Law

    from evidence.record.model import Transfer

FILE = Path(__file__).parents[3] / "stacks" / "local.yaml"


def told(law: Law) -> tuple[Transfer, ...]:
    return tuple(transfers(load_declaration(FILE), located_yaml.load(FILE, shown_as="stacks/local.yaml"), law))


def test_links_arrivals_access_and_inspection_are_told_with_who_from_and_to() -> None:
    found = {(one.who, one.movement, one.source_country, one.target_country) for one in told(load_law())}
    assert ("site hamar of europe", "link", "IE", "NO") in found
    assert ("people who arrive from 10.200.0.0/16", "remote_access", "IE", "NO") in found
    assert ("harbour", "remote_access", "NO", "IE") in found
    assert ("Norsk Tilsyn AS", "remote_access", "IE", "NO") in found
    assert all(one.declared for one in told(load_law()))


def test_a_replica_in_another_country_is_told_with_its_classes_and_how_often(tmp_path: Path) -> None:
    file = tmp_path / "surviving.yaml"
    file.write_text(declared([("people", "people-in")]), encoding="utf-8")
    made = transfers(load_declaration(file), located_yaml.load(file), load_law())
    found = {(one.source, one.target, one.what, one.classes) for one in made if one.what.startswith("replica")}
    assert found == {
        ("dublin-1/people", "hamar/people-in", "replica people, every 15 minutes", ("restricted",)),
        ("hamar/people-in", "dublin-1/people", "replica people-back, every 15 minutes", ("restricted",)),
    }


def test_what_stays_in_a_country_or_is_denied_is_no_transfer() -> None:
    found = told(load_law())
    assert all(one.source_country != one.target_country for one in found)
    assert {one.classes for one in found if one.who == "harbour"} == {("telemetry",)}


def test_what_leaves_is_told_with_the_measure_that_each_regime_finds_enough() -> None:
    found = [one for one in told(load_law()) if one.movement == "copy"]
    assert {(one.who, one.source, one.target_country) for one in found} == {
        ("fjord-university", "dublin-1", "NO"),
        ("fjord-university", "dublin-2", "NO"),
        *(("enclave-norway", site, "NO") for site in ("dublin-1", "dublin-2")),
        ("enclave-ireland", "hamar", "IE"),
        ("shannon-claims", "hamar", "IE"),
        *(("public-report", site, "US") for site in ("dublin-1", "dublin-2", "hamar")),
    }
    grounds = {one.who: [ground.rule for ground in one.grounds] for one in found}
    assert grounds == {
        "fjord-university": ["pseudonyms-where-adequate"] * 3,
        "enclave-norway": ["pseudonyms-where-adequate"] * 3,
        "enclave-ireland": ["pseudonyms-where-adequate"] * 3,
        "shannon-claims": ["tokens-inside"] * 3,
        "public-report": ["tables-anywhere"] * 3,
    }
    assert {ground.measure for one in found for ground in one.grounds if one.who == "public-report"} == {
        "counts of groups of 50 people or more"
    }
    assert all(one.declared for one in found)


def test_each_regime_says_which_rule_covers_it_and_why_the_country_is_adequate() -> None:
    link = next(one for one in told(load_law()) if one.movement == "link")
    assert [(one.regime, one.rule, one.adequate) for one in link.grounds] == [
        ("eu", "inside", "eu: at home"),
        ("uk", "inside", "uk: adequacy decision uk-eea"),
        ("ch", "inside", "ch: adequacy decision ch-annex-1"),
    ]


def test_a_movement_that_no_rule_covers_is_told_as_such() -> None:
    """The seeded bug: the law loses its rules."""
    access = replace(access_of(load_law()), measures=())
    bare = replace(load_law(), transfers=(), access=access)
    assert {ground.rule for one in told(bare) for ground in one.grounds} == {None}
    with pytest.raises(AssertionError):
        assert told(bare) == told(load_law())
