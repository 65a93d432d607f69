"""A declared wave leads inwards, to a live site, and is over before its source is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from components.declaration import load_declaration
from located_yaml import ProblemsError
from sandbox.migration.declared import declared
from sandbox.migration.move import Move

if TYPE_CHECKING:
    from pathlib import Path

GOOD = declared([Move("w3", "hamar", "people", "people-in", ()), Move("w4", "dublin-1", "orders", "orders-in", ())])
LOGS = "europe-dublin-1-logs-111122223333"
WRONG = {
    "a wave back out": ('"from": "us-exit", "to": "hamar"', '"from": "hamar", "to": "us-exit"', "a wave leads inwards"),
    "a wave from a site of the enclave": (
        '"from": "us-exit", "to": "hamar"',
        '"from": "dublin-1", "to": "hamar"',
        "inwards",
    ),
    "a target that is not live": ('"to": "hamar"', '"to": "dublin-2"', "site 'dublin-2' is building"),
    "a target that is not there": ('"to": "hamar"', '"to": "oslo"', "site 'oslo' is not declared"),
    "a source that is not built yet": (
        "lifecycle: draining, exit_by",
        "lifecycle: planned, exit_by",
        "nothing is there",
    ),
    "a source that is over": (
        "lifecycle: draining, exit_by",
        "lifecycle: retired, exit_by",
        "nothing is there to move",
    ),
    "a class that is not there": ('"classes": ["restricted"]', '"classes": ["secret"]', "data class 'secret'"),
    "a class for which the target has no key": (
        '"classes": ["restricted"]',
        '"classes": ["restricted", "telemetry"]',
        "the key 'store' of site 'hamar' is not for data of class 'telemetry'",
    ),
    "a day after the site is left": ('"delete_by": "2027-03-31"', '"delete_by": "2027-07-01"', "is after 2027-06-30"),
    "a day that is none": ('"delete_by": "2027-03-31"', '"delete_by": "2027-02-30"', "is a day that no calendar has"),
    "readers somewhere else": ('"delete_by"', '"readers": "dublin-2", "delete_by"', "readers read from"),
    "two waves that fill one bucket": (
        '"to": "dublin-1", "classes": ["restricted"], "delete_by": "2027-03-31", "buckets": {"orders": "orders-in"}',
        '"to": "hamar", "classes": ["restricted"], "delete_by": "2027-03-31", "buckets": {"orders": "people-in"}',
        "wave 'w3' fills the bucket 'people-in' already",
    ),
    "an address in a sandbox": ('"to": "hamar"', '"endpoint": "https://s3.x.example", "to": "hamar"', "remove it"),
    "a bucket of S3 into itself": ('"orders-in"', '"orders"', "and S3 has one bucket of a name; name another"),
    "one bucket in two waves": ('{"orders": ', '{"people": ', "empties the bucket 'people' already"),
    "a bucket that a site keeps logs in": ('"orders-in"', f'"{LOGS}"', "keeps for 'logs'"),
    "a name that S3 keeps": ('"orders-in"', '"orders--x-s3"', "ends with '--x-s3', which S3 keeps for itself"),
    "a bucket that S3 would refuse": ('"people-in"', '"People"', "'People' is not the name of a bucket"),
}


def test_waves_inwards_to_live_sites_are_taken(tmp_path: Path) -> None:
    (tmp_path / "moving.yaml").write_text(GOOD, encoding="utf-8")
    waves = load_declaration(tmp_path / "moving.yaml").waves
    assert {name: (wave.from_, wave.to) for name, wave in waves.items()} == {
        "w3": ("us-exit", "hamar"),
        "w4": ("us-exit", "dublin-1"),
    }


@pytest.mark.parametrize("mistake", WRONG)
def test_each_mistake_in_a_wave_is_refused_at_its_line(mistake: str, tmp_path: Path) -> None:
    old, new, told = WRONG[mistake]
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    file = tmp_path / "moving.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        load_declaration(file)
    assert any(told in str(problem) and f"{file}:" in str(problem) for problem in caught.value.problems), caught.value
