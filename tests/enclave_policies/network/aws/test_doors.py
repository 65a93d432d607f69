"""The table of doors knows every type that stands in subnets, names inputs that there are, and has cases for each."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.catalog.tables.offer import read_offer
from enclave_policies.judging.packs import EVERY
from enclave_policies.network.aws import doors
from enclave_policies.network.aws.doors import Setting, doors_by_type, table
from enclave_policies.resources.unknown import UNKNOWN

import located_yaml
from tests.enclave_policies.segmentation.breaking import read_book

if TYPE_CHECKING:
    from tests.enclave_policies.segmentation.breaking import Change

ROOT = Path(__file__).parents[4]
OFFER = read_offer(ROOT / "policy-packs" / "jurisdiction" / "law" / "catalog")
OTHERS = located_yaml.load(Path(doors.__file__).with_name("not-doors.yaml")).data
BOOK = read_book()
SUBNET = re.compile(r"(?i)subnet")


def judged() -> Counter[str]:
    """Return how often each type is told: as a door of whatever settings, as named, as none."""
    told = Counter(dict.fromkeys(doors_by_type(), 1))
    told.update(type_ for named in table().named for type_ in named.types)
    told.update(type_ for group in OTHERS["groups"] for type_ in group["types"])
    return told


def unjudged(told: Counter[str]) -> list[str]:
    """Return the types of the SDK whose inputs name a subnet, and that nobody judged."""
    standing = [
        token
        for token, type_ in OFFER.of("aws").items()
        if any(SUBNET.search(path.rpartition(".")[2]) for path in type_.inputs)
    ]
    assert len(standing) > 150
    return sorted(set(standing) - set(told))


def test_every_type_that_names_a_subnet_is_judged_once() -> None:
    told = judged()
    assert unjudged(told) == []
    assert [type_ for type_, times in told.items() if times > 1] == []


def test_a_table_without_one_type_is_noticed() -> None:
    """The seeded bug of this family."""
    told = judged()
    del told["aws:ecs/service:Service"]
    assert unjudged(told) == ["aws:ecs/service:Service"]


def test_the_tables_name_types_and_inputs_of_the_sdk() -> None:
    wrong = [refusal for type_ in judged() if (refusal := OFFER.refusal(type_))]
    for type_, kinds in doors_by_type().items():
        for door in kinds:
            named = (*door.by, *(one.path for one in (*door.open, *door.closed)))
            asked = (*named, door.of.input) if door.of else named
            refusals = [OFFER.refusal_of_input(type_, path) for path in asked]
            wrong += [refusal for refusal in refusals if refusal] if len(door.types) == 1 else []
            wrong += [f"{type_}: says nothing of where it stands"] if not door.by and door.into == "restricted" else []
    assert wrong == []


def test_a_door_is_known_by_its_older_names_too() -> None:
    known = doors_by_type()
    assert [old for old, new in OFFER.aliases.items() if new in known and known.get(old) != known[new]] == []


def test_whoever_judges_a_named_door_is_a_rule() -> None:
    assert {named.judge for named in table().named if named.judge} <= {rule.id for rule in EVERY.rules}


def opened(change: Change) -> set[str]:
    return {BOOK.types[short.partition("/")[0]] for step in change.do for short in step.get("add", ())}


def test_every_door_has_a_break_and_one_that_can_be_closed_has_a_near_miss() -> None:
    breaks = {type_ for change in BOOK.breaks if 13 in _numbers(change) for type_ in opened(change)}
    near = {type_ for change in BOOK.near_misses for type_ in opened(change)}
    doors_ = table().doors
    assert [door.types for door in doors_ if breaks.isdisjoint(door.types)] == []
    closed = [door for door in doors_ if door.open or door.closed]
    assert len(closed) > 15
    assert [door.types for door in closed if near.isdisjoint(door.types)] == []


def _numbers(change: Change) -> set[int]:
    return {int(rule.rpartition("-")[2]) for rule in change.rules}


@pytest.mark.parametrize(
    ("setting", "props", "answer"),
    [
        (Setting("a.b", ("true",)), {"a": {"b": True}}, True),
        (Setting("a.b", ("true",)), {"a": [{"b": False}, {"b": "True"}]}, True),
        (Setting("a.b", ("true",)), {"a": {"b": False}}, False),
        (Setting("a.b", ("true",)), {"a": {"b": UNKNOWN}}, None),
        (Setting("a.b", ("true",)), {"a": UNKNOWN}, None),
        (Setting("a.b", ("true",)), {}, False),
        (Setting("a.b", ("true",), absent=True), {}, True),
        (Setting("a.b", ("public",), absent=True), {"a": {"b": ""}}, True),
        (Setting("a.b", ("*",)), {"a": {"b": UNKNOWN}}, True),
        (Setting("a.b", ("*",)), {"a": {"b": []}}, False),
        (Setting("a", ("*/adminpolicy",)), {"a": "arn:x/AdminPolicy"}, True),
    ],
)
def test_a_setting_holds_where_a_value_counts(setting: Setting, props: dict[str, Any], answer: bool | None) -> None:
    assert setting.holds(props) is answer
