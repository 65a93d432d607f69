"""Nothing reaches an upstream without a yes of the record about the very same path, however a request is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.gateways.client import Person
from tests.gateways import raw
from tests.gateways.conftest import people_at
from tests.gateways.odd_requests import FORGED, REFUSED_WHOLE, SHAPES, targets
from tests.gateways.watching import Watch, nothing_forwarded

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gateways.bench import People

KARI = Person()
SEED, COUNT = 13, 500
CLOSE = b"connection: close\r\n\r\n"


def test_500_odd_paths_are_the_same_for_authorizer_and_upstream_or_are_refused(people: People) -> None:
    watch, forwarded, entries = Watch(people.station), 0, 0
    for target in targets(COUNT, SEED):
        answer = raw.h1(people, KARI, raw.head(people, KARI, target) + CLOSE, one=True)
        seen = watch.look()
        assert not seen.forwarded_unseen, (target, seen)
        assert len(seen.served) == answer.startswith(b"HTTP/1.1 200"), target
        for each in seen.served:
            assert_plain(each["line"].split(" ")[1], target)
        forwarded += len(seen.served)
        entries += len(seen.entries)
    print(f"{COUNT} paths: {forwarded} forwarded, {entries} recorded")  # noqa: T201  pytest -s shows it
    assert 20 < forwarded < COUNT / 2
    assert entries > forwarded


def assert_plain(path: str, target: bytes) -> None:
    """Hold that no application could take a path for another one: an oracle that knows nothing of hosts/."""
    bare = path.partition("?")[0]
    lower = bare.lower()
    bad = (
        "//",
        "/./",
        ";",
        "\\",
        "%2f",
        "%5c",
        "%2e",
        "%00",
        "%0",
        "%25",
        "%c0",
        "%ef%bc%8f",
        "%ef%bc%8e",
        "%3b",
        "#",
        "%1",
    )
    assert not [each for each in bad if each in lower], (path, target)
    assert not {"..", "."} & {segment.replace("%20", "") for segment in lower.split("/")}, (path, target)
    assert bare.isascii(), target
    assert bare.startswith(("/records/", "/metrics/")), target


def test_odd_paths_over_http_2_are_no_other(people: People) -> None:
    watch = Watch(people.station)
    for target in targets(60, SEED + 1):
        headers = raw.hpack(raw.good(people, KARI, target))
        ok, _ = raw.h2(people, KARI, raw.frame(raw.HEADERS, raw.END_STREAM | raw.END_HEADERS, 1, headers))
        seen = watch.look()
        assert not seen.forwarded_unseen, (target, seen)
        assert len(seen.served) == ok, target
        for each in seen.served:
            assert_plain(each["line"].split(" ")[1], target)


@pytest.mark.parametrize(
    "path", ["/records/1", "/records/a-b_c.d~e", "/records/%20x", "/records/caf%C3%A9?q=%2F..", "/records/100%25"]
)
def test_paths_that_everybody_reads_alike_pass(people: People, path: str) -> None:
    watch = Watch(people.station)
    assert people.ask(KARI, path).status_code == 200
    seen = watch.look()
    assert not seen.forwarded_unseen
    assert seen.served[0]["line"] == f"GET {path} HTTP/1.1"


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_header_is_not_what_the_upstream_gets(people: People, name: str) -> None:
    watch = Watch(people.station)
    assert people.ask(KARI, headers={name: "/metrics/forged"}).status_code == 200
    seen = watch.look()
    assert not seen.forwarded_unseen
    assert "forged" not in str(seen.served)


@pytest.mark.parametrize("name", REFUSED_WHOLE)
def test_a_header_with_an_underscore_is_refused(people: People, name: str) -> None:
    with nothing_forwarded(people.station):
        assert people.ask(KARI, headers={name: "chief"}).status_code == 400


def test_the_upstream_gets_its_own_name_and_no_token(people: People) -> None:
    watch = Watch(people.station)
    assert people.ask(KARI, headers={"host": "other-application"}).status_code == 200
    headers = watch.look().served[0]["headers"]
    assert headers["host"] == "records.enclave-europe-app.svc.cluster.local"
    assert not {"authorization", "enclave-purpose", "enclave-grant"} & headers.keys()


@pytest.mark.parametrize("name", SHAPES)
def test_http_1_1_that_two_programs_read_differently(people: People, name: str) -> None:
    rest, method, may_pass = SHAPES[name]
    watch = Watch(people.station)
    smuggled = b"GET /metrics/smuggled HTTP/1.1\r\nhost: localhost\r\n\r\n"
    answer = raw.h1(people, KARI, raw.head(people, KARI, method=method) + rest + smuggled)
    seen = watch.look()
    assert not seen.forwarded_unseen, seen
    assert len(seen.served) <= int(may_pass), (seen.served, answer)
    assert "smuggled" not in str(seen.served)
    for each in seen.served:
        assert each["headers"]["enclave-person"] == KARI.name
        assert "upgrade" not in each["headers"]
    if name.startswith("a good"):
        assert answer.startswith(b"HTTP/1.1 200")


def test_http_1_0_and_0_9_are_refused(people: People) -> None:
    with nothing_forwarded(people.station):
        head = raw.head(people, KARI) + CLOSE
        raw.h1(people, KARI, head.replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        raw.h1(people, KARI, b"GET /records/1\r\n\r\n")
        raw.h1(people, KARI, head.replace(b"HTTP/1.1", b"HTTP/2.0", 1))


def changed(headers: list[tuple[bytes, bytes]], name: bytes, *values: bytes) -> list[tuple[bytes, bytes]]:
    kept = [each for each in headers if each[0] != name]
    pseudo = [(name, value) for value in values] if name.startswith(b":") else []
    return [*pseudo, *kept, *([] if pseudo else [(name, value) for value in values])]


ODD_H2: dict[str, Any] = {
    "two paths": lambda good: changed(good, b":path", b"/records/1", b"/metrics/1"),
    "no path": lambda good: changed(good, b":path"),
    "an empty path": lambda good: changed(good, b":path", b""),
    "a relative path": lambda good: changed(good, b":path", b"records/1"),
    "a path with a space": lambda good: changed(good, b":path", b"/records/1 HTTP/1.1\r\nx: y"),
    "a line break in a path": lambda good: changed(good, b":path", b"/records/1\r\nenclave-person: chief"),
    "no method": lambda good: changed(good, b":method"),
    "two methods": lambda good: changed(good, b":method", b"GET", b"POST"),
    "a method with a line break": lambda good: changed(good, b":method", b"GET /metrics/1 HTTP/1.1\r\n\r\nGET"),
    "a pseudo-header behind": lambda good: [*[each for each in good if each[0] != b":path"], (b":path", b"/records/1")],
    "a pseudo-header that is none": lambda good: [(b":person", b"chief"), *good],
    "a protocol": lambda good: [(b":protocol", b"websocket"), *changed(good, b":method", b"CONNECT")],
    "connect": lambda good: changed(good, b":method", b"CONNECT"),
    "a name in capitals": lambda good: [*good, (b"Enclave-Person", b"chief")],
    "a name with a line break": lambda good: [*good, (b"x\r\nenclave-person", b"chief")],
    "a name with a colon": lambda good: [*good, (b"x:enclave-person", b"chief")],
    "a name with a space": lambda good: [*good, (b"enclave-person ", b"chief")],
    "a value with a line break": lambda good: [*good, (b"x", b"y\r\nenclave-person: chief")],
    "a value with a zero": lambda good: [*good, (b"x", b"y\0z")],
    "transfer-encoding": lambda good: [*good, (b"transfer-encoding", b"chunked")],
    "connection": lambda good: [*good, (b"connection", b"enclave-person")],
    "te": lambda good: [*good, (b"te", b"gzip")],
    "two lengths": lambda good: [*good, (b"content-length", b"3"), (b"content-length", b"4")],
    "a length without a body": lambda good: [*good, (b"content-length", b"30")],
    "two hosts": lambda good: [*good, (b"host", b"elsewhere")],
    "two purposes": lambda good: [*good, (b"enclave-purpose", b"statistics")],
    "two tokens": lambda good: [
        *[each for each in good if each[0] != b"authorization"],
        (b"authorization", b"Bearer x"),
        *[each for each in good if each[0] == b"authorization"],
    ],
    "another scheme": lambda good: changed(good, b":scheme", b"file"),
    "user information": lambda good: changed(good, b":authority", b"chief@localhost"),
}
HARMLESS = {"two hosts", "another scheme", "a path with a space", "te"}
"""What Envoy mends: the upstream gets a good request, about which the record says yes."""


@pytest.mark.parametrize("name", ODD_H2)
def test_http_2_that_two_programs_read_differently(people: People, name: str) -> None:
    watch = Watch(people.station)
    headers = raw.hpack(ODD_H2[name](raw.good(people, KARI)))
    ok, _ = raw.h2(people, KARI, raw.frame(raw.HEADERS, raw.END_STREAM | raw.END_HEADERS, 1, headers))
    seen = watch.look()
    assert not seen.forwarded_unseen, seen
    assert "chief" not in str(seen.served)
    assert len(seen.served) == ok
    if name not in HARMLESS:
        assert not ok, seen.served


def test_http_2_passes_at_all_and_is_recorded(people: People) -> None:
    watch = Watch(people.station)
    headers = raw.hpack(raw.good(people, KARI))
    ok, kinds = raw.h2(people, KARI, raw.frame(raw.HEADERS, raw.END_STREAM | raw.END_HEADERS, 1, headers))
    seen = watch.look()
    assert ok, (kinds, seen)
    assert len(seen.served) == 1
    assert not seen.forwarded_unseen


def test_broken_frames_reach_nobody(people: People) -> None:
    good = raw.hpack(raw.good(people, KARI))
    both = raw.END_STREAM | raw.END_HEADERS
    with nothing_forwarded(people.station):
        for frames in (
            (raw.frame(raw.HEADERS, both, 0, good),),
            (raw.frame(raw.HEADERS, both, 2, good),),
            (raw.frame(raw.HEADERS, raw.END_STREAM, 1, good), raw.frame(raw.DATA, 1, 1, b"x")),
            (raw.frame(raw.HEADERS, both, 1, good[:-5]),),
            (raw.frame(raw.HEADERS, both, 1, b"\xff\xff\xff\xff\xff\xff"),),
            (raw.frame(raw.DATA, 1, 1, b"GET /records/1 HTTP/1.1\r\n\r\n"),),
            (raw.frame(9, 4, 1, good),),
            (raw.frame(5, 4, 1, b"\0\0\0\2" + good),),
        ):
            assert not raw.h2(people, KARI, *frames)[0]


def test_an_upstream_that_gets_another_path_is_noticed(tmp_path: Path) -> None:
    """The seeded bug of this family: a route that rewrites what the authorizer has decided about."""

    def seeded(envoy: Any) -> None:
        manager = envoy["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
        for route in manager["route_config"]["virtual_hosts"][0]["routes"]:
            if "route" in route:
                route["route"]["prefix_rewrite"] = "/metrics/"

    people = people_at(tmp_path, {"127.0.0.0/8": "NO"}, seeded=seeded)
    try:
        people.station.start()
        watch = Watch(people.station)
        assert people.ask(KARI).status_code == 200
        assert watch.look().forwarded_unseen == ["GET /metrics/1 HTTP/1.1"]
    finally:
        people.station.stop()
