"""Answers that leave de-identified: whatever upstream, de-identifier or person do, nothing plain leaves."""

from __future__ import annotations

import gzip
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from hosts.serving.deidentifier import LARGEST
from sandbox.gateways.client import Person
from tests.gateways import odd_answers as odd
from tests.gateways.conftest import people_at
from tests.gateways.odd_answers import JSON, RECORDS, SECRET, Upstream, answer, chunked, deidentifying
from tests.gateways.raw import END_HEADERS, END_STREAM, HEADERS, frame, good, h1, h2_bytes, head, hpack
from tests.gateways.stand_in_authorizer import DEIDENTIFIED, SILENT, over_grpc
from tests.gateways.watching import Watch
from tests.hosts.deidentify.leaks import leaks
from tests.hosts.deidentify.shapes import generated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


LOOPBACK = {"127.0.0.0/8": "NO"}
KARI = Person(purpose="statistics")
PLAIN = Person(purpose="support")
NDJSON = "content-type: application/x-ndjson"


class Shop:
    """People before a gateway, and an upstream that answers as a test says."""

    def __init__(self, folder: Path, seeded: Callable[[Any], object] | None = None) -> None:
        self.people = people_at(folder, LOOPBACK, seeded=seeded)
        self.upstream = Upstream(self.people.station)

    @property
    def deidentifier(self) -> Path:
        """The socket at which Envoy looks for it."""
        return self.people.station.socket.with_name("deidentifier.sock")

    def ask(self, person: Person = KARI, **more: Any) -> Any:
        """Return the gateway's answer."""
        return self.people.ask(person, **more)

    def stop(self) -> None:
        """End everything."""
        self.people.station.stop()
        self.upstream.stop()


def filters(envoy: Any) -> Any:
    chain = envoy["static_resources"]["listeners"][0]["filter_chains"][0]
    return chain["filters"][0]["typed_config"]["http_filters"]


def giving(each: Any) -> Any:
    """Return the settings of the `ext_proc` in one of the two filters."""
    return each["typed_config"]["xds_matcher"]["on_no_match"]["action"]["typed_config"]["typed_config"]["typed_config"]


def soon(envoy: Any) -> None:
    """Give the de-identifier less time, so that tests of one that hangs end."""
    (cluster,) = [each for each in envoy["static_resources"]["clusters"] if each["name"] == "deidentifier"]
    (options,) = cluster["typed_extension_protocol_options"].values()
    options["common_http_protocol_options"]["max_stream_duration"] = "1s"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("answers"))
    shop.people.station.start_authorizer()
    shop.people.station.start_envoy()
    yield shop
    shop.stop()


@pytest.fixture
def shop(running: Shop) -> Shop:
    running.upstream.reset()
    return running


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A gateway with neither authorizer nor de-identifier: tests bring stand-ins."""
    shop = Shop(tmp_path_factory.mktemp("broken"), soon)
    shop.people.station.start_envoy()
    yield shop
    shop.stop()


def nothing_plain(got: Any, statuses: tuple[int, ...] = (400, 403, 404, 500, 502, 503, 504)) -> None:
    said = f"{got.headers} {got.text}"
    assert got.status_code in statuses, said
    assert SECRET not in said
    assert odd.NAME not in said


def awaited(watch: Watch, seconds: float = 5) -> list[dict[str, Any]]:
    """Return what the record says of answers; where Envoy gives up itself, it says so a moment later."""
    found: list[dict[str, Any]] = []
    until = time.monotonic() + seconds
    while not found and time.monotonic() < until:
        found += [entry for entry in watch.look().entries if entry["kind"] == "left"]
        time.sleep(0.02)
    return found


def passes(shop: Shop) -> None:
    """Hold that a good answer leaves, and what is not to be de-identified passes as it is."""
    shop.upstream.reset()
    left = shop.ask()
    assert left.status_code == 200, left.text
    assert list(left.json()[0]) == ["phone_number"]
    assert SECRET not in left.text
    assert shop.ask(PLAIN).content == RECORDS


def test_records_leave_as_they_may_and_the_record_says_so_before(shop: Shop) -> None:
    watch = Watch(shop.people.station)
    first, second = shop.ask(), shop.ask()
    assert first.status_code == 200, first.text + shop.people.station.said("authorizer")
    (record,) = first.json()
    assert list(record) == ["phone_number"]
    assert len(record["phone_number"]) == 22
    assert first.json() == second.json(), "pseudonyms of one epoch are equal"
    assert first.headers["content-length"] == str(len(first.content))
    decided, left, *_ = watch.look().entries
    assert (decided["kind"], decided["result"], decided["flow"]) == ("decision", "pseudonymise", "callers")
    assert (left["kind"], left["request"], left["flow"]) == ("left", decided["request"], "callers")
    assert (left["read"], left["written"], left["refused"], left["dropped"]) == (1, 1, {}, 2)
    assert left["epoch"] == first.headers["enclave-epoch"]
    passes(shop)


def test_one_record_and_json_lines_leave_as_they_came(shop: Shop) -> None:
    shop.upstream.says = answer(RECORDS[1:-1])
    assert list(shop.ask().json()) == ["phone_number"]
    shop.upstream.says = chunked(b'{"plan":"free"}\n{"plan":"nothing listed"}\n{"plan":"plus"}\n', NDJSON)
    got = shop.ask()
    assert got.text == '{"plan":"free"}\n{"plan":"plus"}\n'
    assert (got.headers["content-type"], got.headers["enclave-refused"]) == ("application/x-ndjson", "1")
    shop.upstream.says = answer(b"[]")
    assert shop.ask().json() == []


PACKED = gzip.compress(RECORDS)
REFUSED: dict[str, bytes] = {
    "not found": answer(status="404 Not Found"),
    "an error": answer(status="500 Internal Server Error"),
    "a part": answer(RECORDS, JSON, f"content-range: bytes 0-9/{SECRET}", status="206 Partial Content"),
    "a part that says it is whole": answer(RECORDS, JSON, "content-range: bytes 0-69/70"),
    "a redirect": answer(b"", f"location: /records/{SECRET}", status="302 Found"),
    "nothing new": answer(b"", f"etag: {SECRET}", status="304 Not Modified", length=0),
    "created": answer(status="201 Created"),
    "a page": answer(f"<p>{SECRET}</p>".encode(), "content-type: text/html"),
    "text": answer(RECORDS, "content-type: text/plain"),
    "no form": answer(RECORDS, "x-form: none"),
    "another charset": answer(RECORDS, "content-type: application/json; charset=utf-16"),
    "two forms": answer(RECORDS, JSON, "content-type: text/html"),
    "a form with a secret": answer(RECORDS, f"content-type: application/json; name={SECRET}"),
    "packed": answer(PACKED, JSON, "content-encoding: gzip"),
    "packed, and says nothing": answer(PACKED),
    "no json": answer(f"{SECRET} is no JSON".encode()),
    "an array that is cut": answer(RECORDS[:-1]),
    "something behind an array": answer(RECORDS + SECRET.encode()),
    "one odd record": answer(b'{"phone_number": ["+47 400 00 001"]}'),
    "a body that is cut": answer(RECORDS, length=1000),
    "too large": answer(b"[" + b",".join([RECORDS[1:-1]] * (LARGEST // 60)) + b"]"),
    "very deep": answer(b"[" * 100_000 + SECRET.encode() + b"]" * 100_000),
    "a switch of protocols": f"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n{SECRET}".encode(),
    "no http": f"{SECRET} is no answer at all\r\n\r\n".encode(),
    "nothing": b"",
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_is_no_good_stays(shop: Shop, name: str) -> None:
    shop.upstream.says, shop.upstream.ends = REFUSED[name], True
    watch = Watch(shop.people.station)
    nothing_plain(shop.ask())
    given_up = name == "a body that is cut"  # by Envoy, perhaps before it asks
    found = awaited(watch, 0.2 if given_up else 5)
    assert {(left["written"], bool(left["reason"])) for left in found} <= {(0, True)}
    assert found or given_up
    passes(shop)


TELLING = [
    f"{name}: {SECRET}" for name in ("etag", "set-cookie", "digest", "link", "x-envoy-phone", "x-phone", "server")
]
ODD_GOOD: dict[str, bytes] = {
    "headers": answer(RECORDS, JSON, *TELLING, f'content-disposition: attachment; filename="{SECRET}"'),
    "trailers": chunked(RECORDS, JSON, f"trailer: x-phone, {SECRET}", trailers=f"x-phone: {SECRET}\r\n"),
    "hints before": f"HTTP/1.1 103 Early Hints\r\nlink: {SECRET}\r\n\r\n".encode() + answer(),
    "continue before": f"HTTP/1.1 100 Continue\r\nx-phone: {SECRET}\r\n\r\n".encode() + answer(),
    "odd records": answer(
        b'[1, "+47 400 00 001", {"phone_number": {"n": "+47 400 00 001"}}, {"plan": "+47 400 00 001"}, '
        b'{"plan": "free", "plan": "+47 400 00 001"}, {"plan": "free", "+47 400 00 001": true}]'
    ),
}


@pytest.mark.parametrize("name", ODD_GOOD)
def test_what_stands_around_the_records_stays(shop: Shop, name: str) -> None:
    shop.upstream.says = ODD_GOOD[name]
    nothing_plain(shop.ask(), (200,))
    raw = h1(shop.people, KARI, head(shop.people, KARI) + b"expect: 100-continue\r\n\r\n")
    assert SECRET.encode() not in raw
    assert b"enclave-epoch" in raw


def test_nobody_gets_a_part_of_an_answer_or_something_about_it(shop: Shop) -> None:
    asked = {
        "range": "bytes=0-10",
        "if-none-match": SECRET,
        "if-modified-since": "Mon, 30 Nov 2026 00:00:00 GMT",
        "accept-encoding": "gzip",
        "te": "trailers",
    }
    got = shop.ask(headers=asked)
    assert got.status_code == 200, got.text
    (seen,) = shop.upstream.asked
    lines = dict(line.lower().split(b": ", 1) for line in seen.split(b"\r\n")[1:-2])
    assert lines[b"accept-encoding"] == b"identity"
    assert not {name.encode() for name in asked} - {b"accept-encoding"} & set(lines)


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_a_method_whose_answer_is_no_record_gets_none(shop: Shop, method: str) -> None:
    nothing_plain(shop.ask(method=method), (403, 405))
    assert not shop.upstream.asked


def test_nobody_talks_another_protocol_through_it(shop: Shop) -> None:
    upgrade = b"connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: eA==\r\nsec-websocket-version: 13\r\n"
    shop.upstream.says = REFUSED["a switch of protocols"]
    assert SECRET.encode() not in h1(shop.people, KARI, head(shop.people, KARI) + upgrade + b"\r\n")


def test_http_2_gets_no_more(shop: Shop) -> None:
    shop.upstream.says = ODD_GOOD["headers"]
    flags = END_STREAM | END_HEADERS
    got = h2_bytes(shop.people, KARI, frame(HEADERS, flags, 1, hpack(good(shop.people, KARI))))
    assert b'[{"phone_number":"' in got
    assert SECRET.encode() not in got


FORGED = {"enclave-decision": "allow"}


def test_nobody_switches_it_off(shop: Shop) -> None:
    for headers in (FORGED, {"Enclave-Decision": "allow, pseudonymise"}, {"enclave-record": "1"}):
        nothing_plain(shop.ask(headers=headers), (200,))
    twice = head(shop.people, KARI) + b"enclave-decision: allow\r\nenclave-decision: allow\r\n\r\n"
    assert SECRET.encode() not in h1(shop.people, KARI, twice)


@contextmanager
def decided(shop: Shop, answer: bytes = DEIDENTIFIED) -> Iterator[None]:
    with over_grpc(shop.people.station.socket, lambda *_: answer):
        yield


BROKEN: dict[str, odd.Process] = {
    each.__name__: each
    for each in (
        odd.ends_at_once,
        odd.ends_after_headers,
        odd.ends_after_the_body,
        odd.lets_headers_pass,
        odd.lets_all_pass,
        odd.replaces_nothing,
        odd.says_nothing,
        odd.says_garbage,
        odd.fails,
        odd.hangs,
    )
}


def gets_nothing(shop: Shop, **more: Any) -> None:
    """Hold that nothing plain leaves, be the upstream fast or slow."""
    for slow in (0.0, 0.2):
        shop.upstream.reset()
        shop.upstream.slow = slow
        nothing_plain(shop.ask(**more), (500, 502, 503, 504))


@pytest.mark.parametrize("name", BROKEN)
def test_a_de_identifier_that_is_broken_lets_nothing_leave(broken: Shop, name: str) -> None:
    with decided(broken), deidentifying(broken.deidentifier, BROKEN[name]):
        gets_nothing(broken)


def test_a_de_identifier_that_is_gone_lets_nothing_leave(broken: Shop) -> None:
    with decided(broken):
        gets_nothing(broken)


@pytest.mark.parametrize("headers", [{}, FORGED], ids=["no header", "a forged one"])
def test_a_yes_that_does_not_say_which_lets_nothing_leave(broken: Shop, headers: dict[str, str]) -> None:
    with decided(broken, SILENT):
        gets_nothing(broken, headers=headers)


def test_a_process_that_is_killed_between_yes_and_answer_lets_nothing_leave(shop: Shop) -> None:
    passes(shop)
    shop.upstream.reset()
    shop.upstream.slow = 1.0
    answers: list[Any] = []
    asking = threading.Thread(target=lambda: answers.append(shop.ask()))
    asking.start()
    assert shop.upstream.half.wait(30)
    shop.people.station.end("authorizer", kill=True)
    asking.join(30)
    nothing_plain(answers[0], (500, 502, 503))
    shop.people.station.start_authorizer()
    passes(shop)


def test_a_record_that_is_full_between_yes_and_answer_lets_nothing_leave(shop: Shop) -> None:
    passes(shop)
    shop.upstream.reset()
    shop.upstream.slow = 0.5
    answers: list[Any] = []
    asking = threading.Thread(target=lambda: answers.append(shop.ask()))
    asking.start()
    assert shop.upstream.half.wait(30)
    shop.people.station.fill_disk()
    asking.join(30)
    nothing_plain(answers[0], (503,))
    assert answers[0].json()["reason"] == "no-record"
    shop.people.station.end("authorizer")
    shop.people.station.start_authorizer()
    passes(shop)


def test_no_value_of_generated_records_leaves_in_any_form(shop: Shop) -> None:
    made = generated(300)
    light = [line for line, shape in zip(made.lines, made.shapes, strict=True) if shape != "a long line"]
    shop.upstream.says = chunked(b"\n".join(light) + b"\n", NDJSON)
    watch = Watch(shop.people.station)
    got = shop.ask()
    assert got.status_code == 200, got.text
    assert leaks(made.secrets, f"{got.headers} {got.text}") == []
    (left,) = awaited(watch)
    assert (left["read"], left["written"]) == (len(light), len(got.text.splitlines()))
    assert sum(left["refused"].values()) == left["read"] - left["written"] > 0


def _goes_on(envoy: Any) -> None:
    """Let answers pass where there is no de-identifier; giving them in parts would refuse them all the same."""
    del filters(envoy)[2]
    giving(filters(envoy)[2])["failure_mode_allow"] = True
    giving(filters(envoy)[2])["processing_mode"]["response_body_mode"] = "BUFFERED"


def _refuses_nothing(envoy: Any) -> None:
    del filters(envoy)[2]


@pytest.mark.parametrize("seeded", [_goes_on, _refuses_nothing])
def test_an_envoy_that_is_told_to_go_on_lets_everything_leave(tmp_path: Path, seeded: Callable[[Any], object]) -> None:
    """The seeded bugs of this family: `failure_mode_allow: true`, and no filter that refuses what gets past."""
    shop = Shop(tmp_path, seeded)
    shop.people.station.start_envoy()
    shop.upstream.slow = 0.2
    try:
        with decided(shop):
            if seeded is _goes_on:
                got = shop.ask()
            else:
                with deidentifying(shop.deidentifier, odd.ends_at_once):
                    got = shop.ask()
        assert SECRET in got.text
        with pytest.raises(AssertionError):
            nothing_plain(got)
    finally:
        shop.stop()
