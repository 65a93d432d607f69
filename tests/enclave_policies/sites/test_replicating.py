"""A wave that S3 brings in by itself: as it is declared it passes, and nothing else by its role, buckets and keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY
from enclave_policies.key_custody import wave_replicas
from enclave_policies.rules.access.accepted_site import rule as accepted_site

import located_yaml
from components.declaration import load_declaration
from tests.components import shapes
from tests.enclave_policies.network.aws.own_stack import registered
from tests.enclave_policies.shipped import CLOUDS, STACKS, exported
from tests.enclave_policies.sites.changing import assert_refused, changed

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.resources.resource import Resource

DATA = located_yaml.load(Path(__file__).with_name("replicating.yaml")).data
FAULTS, NEAR_MISSES = 28, 8
AS_OF = date(2026, 11, 30)
KEYS = {"dublin-1-store": "eu-west-1", "us-exit-store": "us-east-1"}
RULES = tuple(rule for rule in EVERY.rules if rule is not accepted_site)
"""All but the one that wants a live site accepted, which is no question of this."""
Raw = dict[str, Any]


@lru_cache(maxsize=8)
def stack(changes: tuple[tuple[str, str], ...]) -> tuple[Resource, ...]:
    """Return what our components register for the shipped stack ``transition`` with texts replaced."""
    text = (STACKS / "transition.yaml").read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "transition.yaml"
        file.write_text(text, encoding="utf-8")
        declaration = load_declaration(file)
    made = registered(declaration, CLOUDS, whole=True, stack="transition")
    return tuple(exported(one, KEYS) for one in made)


@lru_cache(maxsize=2)
def shipped_law(day: date) -> Law:
    return EVERY.load(None, day)


def law(raw: Raw) -> Law:
    """Return the shipped law with its row about the site that is left, which counts in real clouds here."""
    found = shipped_law(date.fromisoformat(str(raw.get("as_of", AS_OF))))
    (one,) = found.transitions.rows
    row = replace(one.row, stand_in=raw.get("stand_in", False))
    if (told := raw.get("row", {})) is None:
        row = replace(row, replication=None)
    elif row.replication is not None:
        row = replace(row, replication=replace(row.replication, **told))
    return replace(found, transitions=replace(found.transitions, rows=(replace(one, row=row),)))


def findings(raw: Raw) -> list[Finding]:
    made = changed(stack(tuple(raw.get("declare", {}).items())), raw)
    wanted = raw.get("rules")
    told = judge_stack(made, law(raw), [rule for rule in RULES if wanted is None or rule.id in wanted])
    return [each for found in told.values() for each in found if each.refuses]


@pytest.mark.parametrize("raw", DATA["clean"], ids=lambda raw: raw["id"])
def test_a_declared_replication_passes(raw: Raw) -> None:
    assert [each.message for each in findings(raw)] == []


@pytest.mark.parametrize("raw", DATA["refused"], ids=lambda raw: raw["id"])
def test_all_else_by_a_waves_role_is_refused(raw: Raw) -> None:
    assert_refused(findings(raw), raw)


def test_there_are_as_many_faults_and_near_misses_as_promised() -> None:
    assert len(DATA["refused"]) >= FAULTS
    assert len(DATA["clean"]) >= NEAR_MISSES


def test_a_replica_by_any_key_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(wave_replicas, "_is_store_key", lambda *_: True)
    raw = next(each for each in DATA["refused"] if each["id"] == "the key of the logs")
    assert not any(raw["told"] in each.message for each in findings(raw))


def test_a_row_for_stand_ins_counts_where_they_alone_are_asked() -> None:
    declaration = load_declaration(STACKS / "transition.yaml")
    made = registered(declaration, shapes.clouds, whole=True, stack="transition", planned=True)
    wanted = [rule for rule in RULES if rule.id == "JUR-058"]
    for asked, rules in ((frozenset({str(shapes.clouds.aws_endpoint)}), set()), (frozenset(), {"JUR-058"})):
        told = judge_stack(made, replace(law({"stand_in": True}), stand_in_endpoints=asked), wanted)
        assert {each.rule for found in told.values() for each in found if each.refuses} == rules


def test_a_plan_whose_keys_are_not_made_yet_passes() -> None:
    declaration = load_declaration(STACKS / "transition.yaml")
    made = registered(declaration, CLOUDS, whole=True, stack="transition", planned=True)
    told = judge_stack(made, law({}), RULES)
    assert [each.message for found in told.values() for each in found if each.refuses] == []
    assert any(one.type.endswith(":BucketReplicationConfig") for one in made)
