"""Requests through the real Envoy and the real authorizer: who may passes, everybody else gets a reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sandbox.gateways.client import Person

if TYPE_CHECKING:
    from typing import Any

    from tests.gateways.bench import People

KARI = Person()


def records(people: People) -> list[dict[str, Any]]:
    lines = people.station.record.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def served(people: People) -> int:
    log = people.station.folder / "tls" / "served.log"
    return len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0


def test_who_may_is_served_and_the_record_says_so(people: People) -> None:
    before = served(people)
    answer = people.ask(KARI)
    assert answer.status_code == 200, answer.text + people.station.said("authorizer") + people.station.said("envoy")
    assert answer.json()[0]["phone_number"] == "+47 400 00 001"
    assert served(people) == before + 1
    last = records(people)[-1]
    assert (last["person"], last["result"], last["class"], last["rows"]) == ("kari", "allow", "restricted", ["row-2"])


@pytest.mark.parametrize(
    ("person", "path", "reason"),
    [
        (Person(country="CN", device="CN"), "/records/1", "location-disagrees"),
        (Person(country="IE"), "/records/1", "location-disagrees"),
        (Person(device="IE"), "/records/1", "location-disagrees"),
        (Person(country=""), "/records/1", "location-unknown"),
        (Person(employer="harbour"), "/records/1", "no-row"),
        (Person(employer="nobody"), "/records/1", "employer-unknown"),
        (Person(purpose="curiosity"), "/records/1", "purpose-unknown"),
        (Person(), "/elsewhere/1", "no-route"),
    ],
)
def test_who_may_not_gets_a_reason_and_nothing_is_forwarded(
    people: People, person: Person, path: str, reason: str
) -> None:
    before, known = served(people), len(records(people))
    answer = people.ask(person, path)
    assert (answer.status_code, answer.json()["reason"]) == (403, reason)
    assert served(people) == before
    assert records(people)[known:][0]["reason"] == reason
