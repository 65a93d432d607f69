"""A clock that is set counts no more, and one that is behind the record does not begin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from hosts.gateway.clock import Clock
from hosts.gateway.errors import ClockError, RecordError
from hosts.gateway.record import Record
from tests.hosts.gateway.granting import NOON

if TYPE_CHECKING:
    from pathlib import Path


class Host:
    """A host's two clocks: what `wall` says, and how long it runs."""

    def __init__(self) -> None:
        self.wall, self.runs = NOON.timestamp(), 1_000.0
        self.clock = Clock(lambda: self.wall, lambda: self.runs)

    def goes_on(self, seconds: float, *, set_by: float = 0) -> float:
        """Let time pass, and return how long the host runs."""
        self.runs += seconds
        self.wall += seconds + set_by
        return self.runs


@pytest.mark.parametrize("by", [31, -31, 300, -300, 86_400, -86_400, 1e9, -NOON.timestamp()])
def test_a_clock_that_was_set_counts_no_more(by: float) -> None:
    host = Host()
    host.goes_on(100, set_by=by)
    assert "was set by" in host.clock.jumped()
    assert host.clock.now() == NOON + timedelta(seconds=100)
    host.goes_on(5, set_by=-by)
    assert "then restart" in host.clock.jumped()
    assert host.clock.now() == NOON + timedelta(seconds=105)


@pytest.mark.parametrize("by", [0, 29, -29, 30, -30])
def test_a_clock_that_was_corrected_does(by: float) -> None:
    host = Host()
    host.goes_on(86_400 * 30, set_by=by)
    assert host.clock.jumped() == ""
    assert host.clock.now() == NOON + timedelta(days=30, seconds=by)


def test_many_small_steps_are_one_large_one() -> None:
    host = Host()
    for _ in range(4):
        host.goes_on(60, set_by=-10)
    assert "was set by -40 s" in host.clock.jumped()


def test_a_process_that_was_stopped_between_two_looks_disturbs_nobody() -> None:
    host = Host()
    host.clock = Clock(lambda: host.wall, lambda: host.goes_on(100))
    assert host.clock.jumped() == ""


@pytest.mark.parametrize(
    ("ahead", "starts"), [(-3_600, True), (0, True), (30, True), (31, False), (300, False), (86_400, False)]
)
def test_a_clock_behind_the_record_does_not_begin(ahead: int, starts: bool) -> None:
    latest = NOON + timedelta(seconds=ahead)
    if starts:
        Host().clock.check_not_behind(latest)
        return
    with pytest.raises(ClockError, match=f"says 2026-11-29T12:00:00Z, .* is of {latest:%Y-%m-%dT%H:%M:%SZ}"):
        Host().clock.check_not_behind(latest)


def test_a_clock_without_a_record_begins() -> None:
    Host().clock.check_not_behind(None)


def latest_of(path: Path, *times: datetime | str | None) -> datetime | None:
    record = Record(path)
    assert record.latest is None
    for at in times:
        record.add({"n": 1} if at is None else {"at": at if isinstance(at, str) else at.isoformat()})
    record.close()
    again = Record(path)
    again.close()
    return again.latest


def test_the_record_tells_the_latest_time_and_not_the_last(tmp_path: Path) -> None:
    """Else whoever sets the clock back by half a minute before each restart goes back as far as they like."""
    times = [NOON, None, NOON + timedelta(seconds=25), NOON - timedelta(seconds=4), None]
    assert latest_of(tmp_path / "record", *times) == NOON + timedelta(seconds=25)
    assert latest_of(tmp_path / "none", None) is None


@pytest.mark.parametrize("at", ["noon", "2026-11-29T12:00:00", ""])
def test_a_time_that_is_none_is_a_broken_record(tmp_path: Path, at: str) -> None:
    with pytest.raises(RecordError, match="keep its folder as evidence"):
        latest_of(tmp_path / "record", NOON, at)


def test_the_clock_of_this_host_does_not_jump() -> None:
    clock = Clock()
    assert clock.jumped() == ""
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=10)


def test_a_clock_without_the_watch_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("hosts.gateway.clock.MOST", 1e12)
    host = Host()
    host.goes_on(1, set_by=-86_400)
    assert host.clock.now() < NOON
