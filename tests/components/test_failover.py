"""A declared failover names sites, classes and buckets that are there, and each problem is told at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from components.declaration import load_declaration
from components.enclave import told
from tests.components.declarations import changed, refused_at_its_place

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = (
    "people: {from: dublin-1, to: hamar, classes: [restricted], buckets: {europe-dublin-1-store-111122223333: people}, "
    "every_minutes: 15, lag_minutes: 60}"
)
DECLARED = f"failover:\n  order: [dublin-1, hamar]\n  classes: [restricted]\n  replicas:\n    {PEOPLE}\n"
BEFORE = "sites:\n  dublin-1:\n"
WRONG = {
    "a site that is not there": ("[dublin-1, hamar]", "[dublin-1, hamar, oslo]", "site 'oslo' is not declared"),
    "a site twice": ("[dublin-1, hamar]", "[dublin-1, hamar, hamar]", "'hamar' is named twice"),
    "one site alone": ("[dublin-1, hamar]", "[dublin-1]", "2"),
    "a class that is not there": ("  classes: [restricted]\n", "  classes: [secret]\n", "data class 'secret'"),
    "a copy of a class that is not there": ("hamar, classes: [restricted]", "hamar, classes: [secret]", "'secret'"),
    "a class for which the sites have no key": (
        "hamar, classes: [restricted]",
        "hamar, classes: [restricted, allowable]",
        "the key 'store' of site 'hamar' is not for data of class 'allowable'",
    ),
    "a copy to nobody's order": ("to: hamar", "to: dublin-2", "site 'dublin-2' is not in the order"),
    "a copy at home": ("to: hamar", "to: dublin-1", "would hold its own copy"),
    "a copy that is always late": ("lag_minutes: 60", "lag_minutes: 14", "late before it is made again"),
    "a lag of years": ("lag_minutes: 60", "lag_minutes: 600000", "10080"),
    "no bucket": ("{europe-dublin-1-store-111122223333: people}", "{}", "give 1 or more"),
    "two buckets in one": ("store-111122223333: people", "store-111122223333: people, orders: people", "already"),
    "a copy into the bucket of a third site": (
        "dublin-1, to: hamar, classes: [restricted], buckets: {europe-dublin-1-store-111122223333: people}",
        "hamar, to: dublin-1, classes: [restricted], buckets: {people: europe-dublin-2-store-111122223333}",
        "is one of site 'dublin-2', and S3 has one bucket of a name",
    ),
    "an address in a sandbox": (
        "every_minutes",
        "endpoints: {hamar: https://s3.hamar.example}, every_minutes",
        "remove it",
    ),
    "an address of another site": (
        "every_minutes",
        "endpoints: {dublin-2: https://s3.hamar.example}, every_minutes",
        "is no end of this replica",
    ),
}


def test_what_is_declared_is_told_to_every_judge(tmp_path: Path) -> None:
    declaration = load_declaration(changed(tmp_path, (BEFORE, DECLARED + BEFORE)))
    assert told(declaration)["failover"] == {
        "order": ["dublin-1", "hamar"],
        "classes": ["restricted"],
        "replicas": {
            "people": {
                "from": "dublin-1",
                "to": "hamar",
                "classes": ["restricted"],
                "buckets": {"europe-dublin-1-store-111122223333": "people"},
            }
        },
    }


def test_a_stack_without_a_failover_tells_of_none(tmp_path: Path) -> None:
    assert "failover" not in told(load_declaration(changed(tmp_path)))


@pytest.mark.parametrize("mistake", WRONG)
def test_each_mistake_in_a_failover_is_refused_at_its_line(mistake: str, tmp_path: Path) -> None:
    old, new, message = WRONG[mistake]
    refused_at_its_place(changed(tmp_path, (BEFORE, DECLARED + BEFORE), (old, new)), message)


def test_a_site_of_our_own_in_a_real_cloud_needs_the_address_of_its_store(tmp_path: Path) -> None:
    sites = "sites:\n"
    text = DECLARED.replace("dublin-1-store-111122223333", "x")
    file = changed(tmp_path, (sites, text + sites), stack="eu-prod")
    refused_at_its_place(file, "needs 'endpoints: {hamar: https://…}'")
    good = text.replace("every_minutes", "endpoints: {hamar: https://s3.hamar.example}, every_minutes")
    assert load_declaration(changed(tmp_path, (sites, good + sites), stack="eu-prod")).failover
