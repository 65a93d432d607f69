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
from enclave_policies.network.aws.doors import Door, Setting, doors_by_type, table
from enclave_policies.network.aws.entering import entering
from enclave_policies.resources.unknown import UNKNOWN

import located_yaml
from tests.enclave_policies.network.aws.cases import resources
from tests.enclave_policies.network.aws.standing import standing
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


A, B = Setting("a", ("true",)), Setting("b", ("true",))


@pytest.mark.parametrize(
    ("opening", "closing", "props", "answer"),
    [
        ((), (), {}, True),
        ((A,), (), {"a": True}, True),
        ((A,), (), {"a": False}, False),
        ((A,), (), {"a": UNKNOWN}, None),
        ((A, B), (), {"a": UNKNOWN, "b": True}, True),
        ((A, B), (), {"a": False, "b": UNKNOWN}, None),
        ((A,), (B,), {"a": True}, True),
        ((A,), (B,), {"a": True, "b": True}, False),
        ((A,), (B,), {"a": UNKNOWN, "b": True}, False),
        ((A,), (B,), {"a": True, "b": UNKNOWN}, None),
        ((A,), (B,), {"a": False, "b": UNKNOWN}, False),
    ],
)
def test_a_door_is_open_by_one_setting_unless_another_closes_it(
    opening: tuple[Setting, ...], closing: tuple[Setting, ...], props: dict[str, Any], answer: bool | None
) -> None:
    assert Door(("aws:x/x:X",), "", "any", "", open=opening, closed=closing).is_open(props) is answer


def test_the_segments_that_a_door_stands_in_are_told_in_order() -> None:
    subnets = {
        f"Subnet {name}": {"vpcId": "$here", "cidrBlock": f"10.0.{number}.0/24", "tags": tags}
        for number, (name, tags) in enumerate(
            {
                "one": {"site": "hamar", "segment": "app"},
                "two": {"site": "dublin", "segment": "store"},
                "three": {"site": "dublin"},
                "four": {"site": "dublin", "segment": "app"},
            }.items()
        )
    }
    domain = {"vpcId": "$here", "subnetIds": ["$one", "$two", "$three", "$four"]}
    base = {"Vpc here": {"cidrBlock": "10.0.0.0/16"}, **subnets, "sagemaker/Domain notebooks": domain}
    references, hosts, _ = standing(resources(base, {}, planned=False))
    (found,) = entering(references, hosts)
    assert found.segments == (("dublin", None), ("dublin", "app"), ("dublin", "store"), ("hamar", "app"))
