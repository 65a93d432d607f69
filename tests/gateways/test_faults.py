"""Whatever fails behind Envoy, nobody gets in: an authorizer that is gone or talks rubbish, a record that is full.

Each fault ends with the same request passing again: who refuses for ever has found nothing out.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import signal
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.certificates import authority, issue
from sandbox.gateways.client import Person
from tests.gateways.conftest import people_at
from tests.gateways.stand_in_authorizer import YES, aborting, late_yes, over_bytes, over_grpc
from tests.gateways.watching import Watch, nothing_forwarded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.gateways.bench import People

KARI = Person()
LOOPBACK = {"127.0.0.0/8": "NO"}
ODD_DISK = str(Path(__file__).parent / "odd_disk.py")
NO_RECORD = "no-record"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """A gateway whose disk does what the file `disk` says."""
    folder = tmp_path_factory.mktemp("faults")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODD_DISK", str(folder / "disk"))
        made = people_at(folder, LOOPBACK, authorizer=(ODD_DISK,))
        made.station.start()
        yield made
        made.station.stop()


def refused(people: People, times: int = 2) -> list[Any]:
    """Return the answers to a request that would pass on a good day; nothing is forwarded."""
    with nothing_forwarded(people.station):
        answers = [people.ask(KARI) for _ in range(times)]
    assert {answer.status_code for answer in answers} == {403}, [answer.text for answer in answers]
    return answers


def passes(people: People, seconds: float = 15) -> None:
    """Hold that the gateway is as good as new: Envoy connects again within seconds."""
    watch, until = Watch(people.station), time.monotonic() + seconds
    while (answer := people.ask(KARI)).status_code != 200 and time.monotonic() < until:
        time.sleep(0.1)
    assert answer.status_code == 200, answer.text
    seen = watch.look()
    assert len(seen.served) == 1
    assert not seen.forwarded_unseen


@contextmanager
def without_authorizer(people: People) -> Iterator[None]:
    people.station.end("authorizer")
    try:
        yield
    finally:
        people.station.start_authorizer()


@pytest.mark.parametrize("kill", [False, True], ids=["ended", "killed"])
def test_an_authorizer_that_is_gone_lets_nobody_in(shop: People, kill: bool) -> None:
    passes(shop)
    shop.station.end("authorizer", kill=kill)
    refused(shop)
    shop.station.start_authorizer()
    passes(shop)


def test_an_authorizer_that_hangs_lets_nobody_in(shop: People) -> None:
    passes(shop)
    os.kill(shop.station.pid("authorizer"), signal.SIGSTOP)
    try:
        refused(shop, times=1)
    finally:
        os.kill(shop.station.pid("authorizer"), signal.SIGCONT)
    passes(shop)


ANSWERS: dict[str, Callable[[Path], Any]] = {
    "an error of its own": lambda path: over_grpc(path, aborting("INTERNAL")),
    "unavailable": lambda path: over_grpc(path, aborting("UNAVAILABLE")),
    "who are you": lambda path: over_grpc(path, aborting("UNAUTHENTICATED")),
    "a yes that comes too late": lambda path: over_grpc(path, late_yes),
    "a message that is none": lambda path: over_grpc(path, lambda *_: b"\xff\xfe\x00garbage"),
    "a yes that is cut": lambda path: over_grpc(path, lambda *_: YES + b"\x1a\x40cut"),
    "a yes with a header that is none": lambda path: over_grpc(
        path, lambda *_: b"\x1a\x12\x12\x10\x0a\x0e\x0a\x05x\r\ny:\x12\x05a\r\nb:"
    ),
    "a number that no status has": lambda path: over_grpc(path, lambda *_: b"\x0a\x02\x08\x63"),
    "500": lambda path: over_bytes(path, b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"),
    "200 of another protocol": lambda path: over_bytes(path, b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
    "random bytes": lambda path: over_bytes(path, bytes(range(256)) * 8),
    "nothing, and hangs up": lambda path: over_bytes(path, b""),
    "nothing": lambda path: over_bytes(path, None),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_authorizer_that_answers_rubbish_lets_nobody_in(shop: People, name: str) -> None:
    with without_authorizer(shop), ANSWERS[name](shop.station.socket), nothing_forwarded(shop.station):
        assert shop.ask(KARI).status_code in (403, 500)
    passes(shop)


def test_the_stand_in_s_yes_opens_the_door(shop: People) -> None:
    """The seeded bug of this family: an authorizer that says yes without a record is noticed by the watch."""
    watch = Watch(shop.station)
    with without_authorizer(shop), over_grpc(shop.station.socket, lambda *_: YES):
        deadline = time.monotonic() + 30
        while shop.ask(KARI).status_code != 200 and time.monotonic() < deadline:
            time.sleep(0.1)
    assert watch.look().forwarded_unseen
    passes(shop)


@pytest.mark.parametrize(
    "disk", ["write ENOSPC", "fdatasync EIO", "write EROFS", "write EDQUOT", "pwrite EIO", "fdatasync ENOSPC"]
)
def test_a_record_that_fails_once_lets_nobody_in_until_a_restart(shop: People, disk: str) -> None:
    says = shop.folder / "disk"
    passes(shop)
    says.write_text(disk, encoding="utf-8")
    assert {answer.json()["reason"] for answer in refused(shop)} == {NO_RECORD}
    says.unlink()
    assert {answer.json()["reason"] for answer in refused(shop)} == {NO_RECORD}
    shop.station.end("authorizer")
    shop.station.start_authorizer()
    passes(shop)


def test_a_record_that_hangs_lets_nobody_in_and_says_so_once_it_is_back(shop: People) -> None:
    says = shop.folder / "disk"
    passes(shop)
    watch = Watch(shop.station)
    says.write_text("hang", encoding="utf-8")
    first, *others = refused(shop, times=3)
    says.unlink()
    passes(shop)
    assert first.text == ""  # whoever writes hangs with the disk, so Envoy refuses this one
    assert {answer.json()["reason"] for answer in others} == {NO_RECORD}
    kinds = [(entry["kind"], entry["request"]) for entry in watch.look().entries]
    withdrawn = [asked for kind, asked in kinds if kind == "withdrawn"]
    decided = [asked for kind, asked in kinds if kind == "decision"]
    assert sorted(withdrawn) == sorted(decided[:-1])  # all but the one that passes at last
    assert len(withdrawn) >= 3
    assert {answer.json()["request"] for answer in others} < set(withdrawn)
    for asked in withdrawn:
        assert kinds.index(("withdrawn", asked)) > kinds.index(("decision", asked))


@contextmanager
def restarted(people: People) -> Iterator[None]:
    people.station.end("authorizer")
    with ExitStack() as after:
        after.callback(people.station.start_authorizer)
        yield


def test_a_full_disk_lets_nobody_in(shop: People) -> None:
    """The kernel's own limit of a file's size is a disk of that size."""
    passes(shop)
    full = shop.station.record.stat().st_size + 1_000  # one entry and a piece of the next
    resource.prlimit(shop.station.pid("authorizer"), resource.RLIMIT_FSIZE, (full, full))
    answers = [shop.ask(KARI) for _ in range(4)]
    assert answers[-1].json()["reason"] == NO_RECORD
    assert {answer.json()["reason"] for answer in refused(shop)} == {NO_RECORD}
    before = shop.station.record.read_bytes()
    assert before.endswith(b"\n"), "a piece of an entry that nobody was told of is still there"
    with restarted(shop):
        pass
    passes(shop)
    assert shop.station.record.read_bytes().startswith(before)


def test_an_authorizer_that_finds_no_record_to_write_does_not_start(shop: People) -> None:
    passes(shop)
    record, aside = shop.station.record, shop.station.record.with_name("aside")
    shop.station.end("authorizer")
    record.rename(aside)
    try:
        record.mkdir()
        shop.station.start_authorizer()
        refused(shop)
        assert "cannot be opened" in shop.station.said("authorizer")
        record.rmdir()
        shop.station.start_authorizer()  # an empty record does not lead to the checkpoint
        refused(shop)
        assert "does not lead to the last checkpoint" in shop.station.said("authorizer")
    finally:
        if record.is_dir():
            record.rmdir()
        aside.replace(record)
        shop.station.start_authorizer()
    passes(shop)


def test_a_record_with_a_line_cut_off_by_somebody_does_not_start(shop: People) -> None:
    passes(shop)
    record = shop.station.record
    shop.station.end("authorizer")
    whole, ahead = record.read_bytes(), record.with_name(f"{record.name}.ahead")
    record.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    ahead.unlink()  # else the line would be back: see tests/hosts/gateway/test_ahead.py
    try:
        shop.station.start_authorizer()
        refused(shop)
    finally:
        record.write_bytes(whole)
        shop.station.start_authorizer()
    passes(shop)


WRONG: dict[str, dict[str, Any]] = {
    "of another name": {"hosts": ["elsewhere.svc.cluster.local"]},
    "of another authority": {"by": authority("upstreams")},
    "expired": {"begins": dt.timedelta(days=2), "lifetime": dt.timedelta(days=-1)},
    "not yet valid": {"begins": dt.timedelta(days=-1), "lifetime": dt.timedelta(days=2)},
}


@pytest.mark.parametrize("name", WRONG)
def test_an_upstream_with_a_wrong_certificate_gets_no_request(shop: People, name: str) -> None:
    passes(shop)
    tls, host = shop.station.folder / "tls", shop.station.upstream
    fields = {"hosts": [host], "by": shop.station.surroundings.upstreams, **WRONG[name]}
    shop.station.end("upstream")
    issue(tls, "upstream", fields.pop("by"), **fields)
    try:
        shop.station.start_upstream()
        with nothing_forwarded(shop.station):
            assert shop.ask(KARI).status_code == 503
    finally:
        shop.station.end("upstream")
        issue(tls, "upstream", shop.station.surroundings.upstreams, hosts=[host])
        shop.station.start_upstream()
    passes(shop)


def test_envoy_that_is_told_to_let_in_when_the_authorizer_is_gone_does(tmp_path: Path) -> None:
    """The seeded bug of this family: `failure_mode_allow: true` opens a gateway at which nothing is pseudonymised."""

    def seeded(envoy: Any) -> None:
        filters = envoy["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
        asked = next(each for each in filters["http_filters"] if each["name"] == "envoy.filters.http.ext_authz")
        asked["typed_config"]["failure_mode_allow"] = True
        del filters["http_filters"][2:4]  # else an answer that nobody decided about has to be de-identified

    people = people_at(tmp_path, LOOPBACK, seeded=seeded)
    try:
        people.station.start()
        people.station.end("authorizer")
        watch = Watch(people.station)
        assert people.ask(KARI).status_code == 200
        assert watch.look().forwarded_unseen
    finally:
        people.station.stop()
