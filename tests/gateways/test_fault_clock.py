"""A clock that is set lets nobody in: the real authorizer behind the real Envoy, on a host whose clock goes wrong.

libfaketime is what sets the authorizer's clock. Envoy does not start with it, so Envoy keeps the right time: whatever
passes Envoy comes to an authorizer that must say no by itself. Tokens of providers whose clocks are wrong, which Envoy
refuses, are in `test_fault_identities.py`.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.gateways.client import Person
from tests.gateways.conftest import people_at
from tests.gateways.odd_clock import CARELESS
from tests.gateways.test_faults import LOOPBACK, passes
from tests.gateways.test_grants import ask, put
from tests.gateways.watching import nothing_forwarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.gateways.bench import People

ODD_CLOCK = str(Path(__file__).parent / "odd_clock.py")
KARI, REPAIRING = Person(), Person(purpose="repair")
SHIFTS = ("+5m", "-5m", "+1d", "-1d")
JUMPED = "clock-jumped"
ASKED = [
    (person, path)
    for person in (
        KARI,
        Person(employer="northern", country="IE"),
        Person(purpose="statistics"),
        Person("li", "harbour"),
    )
    for path in ("/records/1", "/metrics/cpu", "/elsewhere")
]
"""Some who would be let in, and some who would not: all get the same reason."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """A gateway whose clock is wrong by what the file `clock` says."""
    folder = tmp_path_factory.mktemp("clock")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODD_CLOCK", str(folder / "clock"))
        made = people_at(folder, LOOPBACK, authorizer=(ODD_CLOCK,))
        set_clock(made, "+0")
        made.station.start()
        yield made
        made.station.stop()


def set_clock(people: People, by: str) -> None:
    draft = people.folder / "draft"
    draft.write_text(by, encoding="utf-8")
    draft.replace(people.folder / "clock")


def restart(people: People, clock: str = "+0") -> None:
    people.station.end("authorizer")
    set_clock(people, clock)
    people.station.start_authorizer()


def ready(people: People) -> bool:
    command = [sys.executable, "-m", "hosts.serving", "ready", "--socket", str(people.station.socket)]
    return subprocess.run(command, check=False, cwd=people.folder).returncode == 0


@contextmanager
def careless(people: People) -> Iterator[None]:
    """Run an authorizer that does not watch its clock."""
    watching = people.station.authorizer
    people.station.authorizer = (*watching, CARELESS)
    restart(people)
    try:
        yield
    finally:
        people.station.authorizer = watching
        restart(people)


@pytest.mark.parametrize("by", SHIFTS)
def test_a_clock_that_is_set_lets_nobody_in_until_a_restart(shop: People, by: str) -> None:
    restart(shop)
    passes(shop)
    assert ready(shop)
    set_clock(shop, by)
    with nothing_forwarded(shop.station) as seen:
        answers = [shop.ask(person, path) for person, path in ASKED]
        set_clock(shop, "+0")  # what was seen once stays so
        answers += [shop.ask(person, path) for person, path in ASKED]
    assert {(answer.status_code, answer.json()["reason"]) for answer in answers} == {(403, JUMPED)}
    assert [(entry["result"], entry["reason"]) for entry in seen.entries] == [("deny", JUMPED)] * 2 * len(ASKED)
    for entry in seen.entries:  # the record keeps the right time
        assert abs(datetime.now(UTC) - datetime.fromisoformat(entry["at"])) < timedelta(minutes=1)
    assert not ready(shop)
    assert "was set by" in shop.station.said("authorizer")
    restart(shop)
    passes(shop)
    assert ready(shop)


@pytest.mark.parametrize("by", ["+5s", "-5s", "+14s", "-14s"])
def test_a_clock_that_is_corrected_a_little_disturbs_nobody(shop: People, by: str) -> None:
    restart(shop)
    set_clock(shop, by)
    passes(shop)
    assert ready(shop)
    restart(shop, by)
    passes(shop)


@pytest.mark.parametrize("by", ["-5m", "-1d"])
def test_an_authorizer_whose_clock_is_behind_its_record_does_not_start(shop: People, by: str) -> None:
    restart(shop)
    passes(shop)
    shop.station.end("authorizer")
    set_clock(shop, by)
    shop.station.start_authorizer()
    with nothing_forwarded(shop.station) as seen:
        assert {shop.ask(KARI).status_code for _ in range(5)} == {403}
    assert not seen.entries
    assert shop.station.exit_code("authorizer") == 2
    said = shop.station.said("authorizer").splitlines()[-1]
    assert "the clock of this host says" in said
    assert "set the clock right, then start again" in said
    restart(shop)
    passes(shop)


def test_an_ended_grant_does_not_count_again(shop: People) -> None:
    restart(shop)
    ended = put(shop, "magnus", ago=62, minutes=60)
    assert ask(shop, ended, REPAIRING).json()["reason"] == "grant-expired"
    set_clock(shop, "-5m")
    with nothing_forwarded(shop.station):
        assert ask(shop, ended, REPAIRING).json()["reason"] == JUMPED
    restart(shop)


@pytest.mark.parametrize(("by", "ago"), [("+5m", 5), ("+1d", 5), ("-5m", 62), ("-1d", 1_470)])
def test_an_authorizer_that_does_not_watch_its_clock_lets_people_in(shop: People, by: str, ago: int) -> None:
    """The seeded bug of this family: with the clock set back, a grant that has ended counts again."""
    back = by.startswith("-")
    grant = put(shop, "magnus", ago=ago, minutes=60)
    with careless(shop):
        passes(shop)
        headers = {"enclave-grant": grant}
        assert not back or shop.ask(REPAIRING, headers=headers).json()["reason"] == "grant-expired"
        set_clock(shop, by)
        # A token that was issued long ago is not too early, whatever the clock says.
        answer = shop.ask(REPAIRING, headers=headers, claims={"iat": 0}) if back else shop.ask(KARI)
        set_clock(shop, "+0")
        assert answer.status_code == 200, answer.text
