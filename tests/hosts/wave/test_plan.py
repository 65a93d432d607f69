"""A plan for workers: the one that is declared and no other, whole, and for the declared buckets."""

from __future__ import annotations

import json

import pytest

from hosts.wave.parts import Part
from hosts.wave.plan import Lying, PlanError, index_of, planned, read_plan
from hosts.wave.starting import Settings, read_settings

PARTS = (Part(0, "", "b", "", 2, 3, 40), Part(1, "b", "d", "c", 1, 1, 9))
PLAN = planned(1, {"people": ("people-in", PARTS), "orders": ("orders-in", PARTS[:1])})
BUCKETS = {"people": "people-in", "orders": "orders-in"}
SETTINGS = Settings("w3", ("us-exit", "https://a:443"), ("hamar", "https://b:443"), BUCKETS, "j", PLAN.name, {})


def test_the_declared_plan_is_read_as_it_was_made() -> None:
    assert read_plan(PLAN.content, PLAN.name, BUCKETS) == PLAN
    assert PLAN.name.startswith("3-")
    assert PLAN.parts("people") == PARTS
    assert index_of(Lying("w3", PLAN.name).result(2)) == 2


def test_the_same_cut_at_another_time_is_another_plan() -> None:
    assert planned(2, {"people": ("people-in", PARTS), "orders": ("orders-in", PARTS[:1])}).name != PLAN.name


@pytest.mark.parametrize(
    ("content", "name", "buckets", "told"),
    [
        (PLAN.content.replace(b'"b"', b'"c"'), PLAN.name, BUCKETS, "is not 3-"),
        (PLAN.content, PLAN.name.replace("3-", "2-"), BUCKETS, "has 3 parts"),
        (PLAN.content, PLAN.name, {"people": "people-in", "orders": "elsewhere"}, "moves orders to orders-in"),
        (PLAN.content, PLAN.name, {"people": "people-in"}, "moves orders to orders-in"),
    ],
    ids=["another plan", "fewer parts than it has", "another bucket here", "a bucket that is not declared"],
)
def test_any_other_plan_is_refused(content: bytes, name: str, buckets: dict[str, str], told: str) -> None:
    with pytest.raises(PlanError, match=told):
        read_plan(content, name, buckets)


def test_settings_are_read_by_their_digest_alone() -> None:
    assert read_settings(SETTINGS.content, SETTINGS.digest) == SETTINGS
    with pytest.raises(ValueError, match="are not those of the digest"):
        read_settings(SETTINGS.content.replace("people-in", "people-ex"), SETTINGS.digest)
    assert json.loads(SETTINGS.content)["plan"] == PLAN.name
