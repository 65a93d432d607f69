"""A drill sees where its client and its sites connect to, and a connection that nobody declared is told."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from sandbox.failover.follower import Follower, NobodyError
from sandbox.failover.seen import Others, Own, outgoing, outside
from sandbox.gateways.client import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TABLE = [
    # sl local_address rem_address st … inode: one that listens, one that came to it, one that goes out
    " 0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 11 1",
    " 1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000 0 0 12 1",
    " 2: 0100007F:C351 0100007F:1F91 01 00000000:00000000 00:00000000 00000000 0 0 13 1",
    " 3: 0500000A:C352 05060708:01BB 01 00000000:00000000 00:00000000 00000000 0 0 14 1",
    " 4: 0000000000000000FFFF00000100007F:C353 0000000000000000FFFF00000100007F:1F91 01 0:0 0:0 0 0 0 15 1",
]


def test_only_what_a_process_opened_itself_counts() -> None:
    assert outgoing({"11", "12", "13"}, TABLE) == {("127.0.0.1", 8081)}
    assert outgoing({"14"}, TABLE) == {("8.7.6.5", 443)}
    assert outgoing(set(), TABLE) == set()


def test_an_end_is_declared_however_its_address_is_written() -> None:
    declared = [("127.0.0.1", 8081)]
    assert outside(outgoing({"13", "15"}, TABLE), declared) == set()
    assert outside([("127.0.0.1", 8082), ("8.7.6.5", 443)], declared) == {("127.0.0.1", 8082), ("8.7.6.5", 443)}


@pytest.fixture
def undeclared() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_client_that_asks_somebody_else_is_noticed(undeclared: int) -> None:
    """The seeded bug of this family: a client that looks for an answer where nobody declared one."""
    with Own() as own:
        socket.create_connection(("127.0.0.1", undeclared)).close()
    assert outside(own.connected, [("127.0.0.1", 1)]) == {("127.0.0.1", undeclared)}
    assert own.looked_up == {"127.0.0.1"}
    socket.create_connection(("127.0.0.1", undeclared)).close()  # not on any more
    assert len(own.connected) == 1


def test_a_process_of_a_site_that_asks_somebody_else_is_noticed(undeclared: int) -> None:
    """The seeded bug of this family: a gateway that keeps a line to somebody whom nobody declared."""
    code = f"import socket; kept = socket.create_connection(('127.0.0.1', {undeclared})); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as strange:
        with Others(lambda: [strange.pid]) as others:
            until = time.monotonic() + 20
            while not others.connected and time.monotonic() < until:
                time.sleep(0.02)
        strange.communicate(b"\n")
    assert outside(others.connected, [("127.0.0.1", 1)]) == {("127.0.0.1", undeclared)}


class _Client:
    def __init__(self, answers: Callable[[], Answer]) -> None:
        self._answers = answers

    def get(self, _path: str, _headers: Mapping[str, str]) -> Answer:
        return self._answers()


def _gone() -> Answer:
    raise ConnectionRefusedError


def test_the_next_site_is_asked_only_where_one_does_not_answer_and_a_refusal_is_an_answer() -> None:
    refused, served = Answer(403, "no-row", ""), Answer(200, "", "{}")
    clients = {"gone": _Client(_gone), "refuses": _Client(lambda: refused), "serves": _Client(lambda: served)}
    assert Follower(("refuses", "serves"), clients).get("/", {}) == ("refuses", refused)  # type: ignore[arg-type]
    assert Follower(("gone", "serves", "refuses"), clients).get("/", {}) == ("serves", served)  # type: ignore[arg-type]
    with pytest.raises(NobodyError):
        Follower(("gone",), clients).get("/", {})  # type: ignore[arg-type]
