"""Envoy ends without cutting anybody off, and nobody but its own user can tell it to, nor change anything there."""

from __future__ import annotations

import http.client
import socket
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests

from sandbox.gateways.client import Person
from tests.gateways import raw
from tests.gateways.conftest import people_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.gateways.bench import People

KARI = Person()
CLOSE = b"connection: close\r\n\r\n"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[People]:
    made = people_at(tmp_path, {"127.0.0.0/8": "NO"})
    made.station.start()
    yield made
    made.station.stop()


def drained(admin: Path, seconds: float = 5) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hosts.serving", "drain", "--admin", str(admin), "--seconds", str(seconds)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def admin_asked(admin: Path, method: str, path: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as plain:
        plain.settimeout(5)
        plain.connect(str(admin))
        plain.sendall(f"{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: plain.recv(65_536), b""))


def test_a_drained_envoy_is_there_for_nobody_new_and_started_again_for_all(shop: People) -> None:
    assert shop.ask(KARI).status_code == http.client.OK
    done = drained(shop.station.admin)
    assert (done.returncode, done.stderr) == (0, "")
    with pytest.raises(requests.exceptions.ConnectionError):
        shop.ask(KARI)
    shop.station.end("envoy")
    shop.station.start_envoy()
    assert shop.ask(KARI).status_code == http.client.OK


def test_who_has_a_connection_is_still_answered_and_told_to_go(shop: People) -> None:
    with raw.connected(shop, KARI, "http/1.1") as connection:
        connection.sendall(raw.head(shop, KARI) + b"\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        done = drained(shop.station.admin, 0.2)
        assert done.returncode == 1
        assert "1 connections are still open" in done.stderr
        connection.sendall(raw.head(shop, KARI) + b"\r\n")
        answer = connection.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in answer
    assert drained(shop.station.admin).returncode == 0


def test_an_envoy_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = drained(tmp_path / "none")
    assert done.returncode == 2
    assert "Envoy cannot be told to drain" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_admin_interface_is_ours_alone_and_changes_nothing(shop: People) -> None:
    mode = shop.station.admin.stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert not mode & (stat.S_IRWXG | stat.S_IRWXO)
    refused = admin_asked(shop.station.admin, "POST", "/runtime_modify?envoy.reloadable_features.x=true")
    assert b"No admin layer specified" in refused


def test_an_envoy_that_is_not_drained_takes_everybody(shop: People) -> None:
    """The seeded bug of this family: the connections are counted, and Envoy was never told."""
    assert b": 0" in admin_asked(shop.station.admin, "GET", "/stats?filter=^http.people.downstream_cx_active$")
    assert shop.ask(KARI).status_code == http.client.OK
