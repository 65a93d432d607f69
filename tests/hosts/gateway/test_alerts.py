"""Break-glass: the alert is on the disk before the yes, without it there is none, and it is delivered, signed, once."""

from __future__ import annotations

import json
import resource
import threading
import time
from base64 import b64decode, b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from hosts.gateway import alert_sender, dsse
from hosts.gateway.alert_sender import KIND, Sender
from hosts.gateway.alerts import Alerts
from hosts.gateway.errors import AlertError, GatewayError
from hosts.gateway.granted import GRANT_FILE
from hosts.gateway.service import Service
from tests.hosts.gateway.asking import answer, request
from tests.hosts.gateway.granting import grant, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ORIGIN = "employees.hamar.gateway"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A host's folder with a break-glass grant that two have approved."""
    data = grant("magnus", "siobhan", break_glass=True, minutes=120)
    (tmp_path / f"g-1{GRANT_FILE}").write_bytes(data)
    return tmp_path


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "alerts.jsonl").read_text(encoding="utf-8").splitlines()]


@contextmanager
def no_room(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_break_glass_access_leaves_an_alert(folder: Path) -> None:
    reason, last = answer(folder, request("g-1"), Alerts(folder / "alerts.jsonl"))
    assert (reason, last["result"], last["grant"]["approvers"]) == ("", "allow", ["magnus", "siobhan"])
    (alert,) = lines(folder)
    assert (alert["kind"], alert["person"], alert["gateway"], alert["site"]) == (
        "break-glass",
        "kari",
        "employees",
        "hamar",
    )
    assert alert["grant"] == last["grant"]


def test_without_a_spool_break_glass_lets_nobody_in(folder: Path) -> None:
    reason, last = answer(folder, request("g-1"), None)
    assert (reason, last["result"], last["reason"]) == ("no-alert", "deny", "no-alert")


def test_with_a_full_spool_break_glass_lets_nobody_in(folder: Path) -> None:
    (folder / "alerts.jsonl").write_text('{"kind":"old"}\n' * 75_000, encoding="utf-8")
    alerts = Alerts(folder / "alerts.jsonl")
    with no_room(1_125_100):  # bytes: room for the record, the file beside it, and a part of the alert
        reason, last = answer(folder, request("g-1"), alerts)
    assert (reason, last["result"]) == ("no-alert", "deny")
    assert answer(folder, request("g-1"), alerts)[0] == "no-alert"  # until it starts again
    alerts.close()
    assert answer(folder, request("g-1"), Alerts(folder / "alerts.jsonl"))[0] == ""
    assert [each["kind"] for each in lines(folder)] == ["old"] * 75_000 + ["break-glass"]


def test_who_is_refused_all_the_same_leaves_no_alert(folder: Path) -> None:
    reason, _ = answer(folder, request("g-1", country="IE"), Alerts(folder / "alerts.jsonl"))
    assert (reason, lines(folder)) == ("location-disagrees", [])


def test_an_alert_that_is_not_written_would_be_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""

    def says_so(*_: object) -> bool:
        return True

    monkeypatch.setattr(Service, "_alerted", says_so)
    assert answer(folder, request("g-1"), None)[0] == ""


def test_a_spool_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    with pytest.raises(AlertError, match="cannot be used"):
        Alerts(tmp_path / "nowhere" / "alerts.jsonl")


class Receiver(BaseHTTPRequestHandler):
    """A stand-in for the inspector's address: it fails as often as it is told to."""

    failing = 0
    taken: list[tuple[str, bytes]] = []  # noqa: RUF012  each test begins with its own

    def do_POST(self) -> None:
        """Take what is sent, or fail."""
        body = self.rfile.read(int(self.headers["content-length"]))
        if Receiver.failing:
            Receiver.failing -= 1
            self.send_error(500)
            return
        Receiver.taken.append((self.path, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base's name
        """Say nothing."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a receiver; the sender looks often."""
    monkeypatch.setattr(alert_sender, "LOOK", 0.01)
    Receiver.taken, Receiver.failing = [], 0
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/alerts?from=gateway"
    server.shutdown()
    server.server_close()


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not what() and time.monotonic() < end:
        time.sleep(0.01)
    assert what()


def sending(folder: Path, url: str) -> Sender:
    sender = Sender(folder / "alerts.jsonl", url, ORIGIN, key_of(ORIGIN))
    sender.start()
    return sender


def test_alerts_are_delivered_in_order_signed_by_the_gateway_and_once(tmp_path: Path, receiver: str) -> None:
    alerts = Alerts(tmp_path / "alerts.jsonl")
    Receiver.failing = 2
    sender = sending(tmp_path, receiver)
    for number in range(3):
        alerts.add({"number": number})
    until(lambda: len(Receiver.taken) == 3)
    sender.stop()
    alerts.add({"number": 3})
    sender = sending(tmp_path, receiver)  # a new start goes on where the last one ended
    until(lambda: len(Receiver.taken) == 4)
    sender.stop()
    public = {ORIGIN: dsse.public_key(ORIGIN, b64encode(key_of(ORIGIN).public_key().public_bytes_raw()).decode())}
    for number, (path, body) in enumerate(Receiver.taken):
        envelope = dsse.opened(body, KIND)
        assert path == "/alerts?from=gateway"
        assert dsse.all_fit(envelope, public)
        assert json.loads(envelope.payload) == {"number": number}
        assert json.loads(b64decode(json.loads(body)["payload"])) == {"number": number}


def test_a_receiver_that_is_not_there_keeps_no_alert_from_being_written(tmp_path: Path, receiver: str) -> None:
    sender = sending(tmp_path, "http://127.0.0.1:9/")
    alerts = Alerts(tmp_path / "alerts.jsonl")
    begun = time.monotonic()
    alerts.add({"number": 0})
    assert time.monotonic() - begun < 2
    sender.stop()
    assert not (tmp_path / "alerts.jsonl.sent").exists()
    sender = sending(tmp_path, receiver)
    until(lambda: len(Receiver.taken) == 1)
    sender.stop()


@pytest.mark.parametrize("url", ["ftp://inspector.example/", "inspector.example", "https:///alerts"])
def test_an_address_that_takes_no_alerts_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(GatewayError, match="give an http or https address"):
        Sender(tmp_path / "alerts.jsonl", url, ORIGIN, key_of(ORIGIN))
