"""The running plugin as kube-apiserver meets it, and as its operator does."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
import pytest

from hosts.key_plugin import client, protocol
from hosts.key_plugin.client import Health
from hosts.key_plugin.errors import LockedError
from hosts.key_plugin.service import Service
from tests.hosts.key_plugin.bench import OFFICER_PIN, USER_PIN, Bench
from tests.threads import main_thread_alone_hears

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED = b"thirty-two bytes of a DEK seed.."


@contextmanager
def serving(bench: Bench) -> Iterator[subprocess.Popen[bytes]]:
    """A server of the real command; its log is in the bench's folder."""
    words = [sys.executable, "-m", "hosts.key_plugin", *bench.arguments("serve", socket=bench.socket)]
    with (bench.folder / "log").open("ab") as log:
        server = subprocess.Popen(words, env={**os.environ, **bench.environment}, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 30
        while client.health(bench.socket).healthz.startswith("no plugin answers"):
            assert server.poll() is None, (bench.folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield server
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def served(bench: Bench) -> Iterator[Bench]:
    assert bench.command("create").returncode == 0
    with serving(bench):
        yield bench


def ask(bench: Bench, method: str, **fields: Any) -> Any:
    """Return the answer, or the code and text of the refusal."""
    with grpc.insecure_channel(f"unix://{bench.socket}") as channel:
        call = channel.unary_unary(
            f"/v2.KeyManagementService/{method}",
            request_serializer=protocol.request(method).SerializeToString,
            response_deserializer=protocol.response(method).FromString,
        )
        try:
            return call(protocol.request(method)(**fields), timeout=5)
        except grpc.RpcError as error:
            return error.code().name, error.details()


def test_the_messages_are_those_of_kubernetes() -> None:
    made = protocol.response("Status")(version="v2", healthz="ok", key_id="k/1").SerializeToString()
    assert made == b"\x0a\x02v2\x12\x02ok\x1a\x03k/1"
    asked = protocol.request("Decrypt").FromString(b"\x0a\x01c\x12\x01u\x1a\x03k/1\x22\x06\x0a\x01a\x12\x01v")
    assert (asked.ciphertext, asked.uid, asked.key_id, dict(asked.annotations)) == (b"c", "u", "k/1", {"a": b"v"})


def test_a_seed_comes_back_and_the_health_is_that_of_the_token(served: Bench) -> None:
    sealed = ask(served, "Encrypt", plaintext=SEED, uid="u1")
    opened = ask(
        served, "Decrypt", ciphertext=sealed.ciphertext, key_id=sealed.key_id, annotations=dict(sealed.annotations)
    )
    assert opened.plaintext == SEED
    assert client.health(served.socket) == Health("ok", "secrets/1")
    assert ask(served, "Status").version == "v2"


def test_a_rotation_needs_no_restart_of_the_server(served: Bench) -> None:
    assert served.command("rotate").stdout == "secrets/2\n"
    assert client.health(served.socket) == Health("ok", "secrets/2")
    assert served.command("keys").stdout == "secrets/1\nsecrets/2\n"


def test_every_refusal_has_its_own_code_and_says_why(served: Bench) -> None:
    sealed = ask(served, "Encrypt", plaintext=SEED)
    whole = {"ciphertext": sealed.ciphertext, "key_id": sealed.key_id, "annotations": dict(sealed.annotations)}
    assert ask(served, "Encrypt", plaintext=b"")[0] == "INVALID_ARGUMENT"
    assert ask(served, "Decrypt", **{**whole, "ciphertext": b"foreign"})[0] == "INVALID_ARGUMENT"
    assert ask(served, "Decrypt", **{**whole, "key_id": "secrets/9"})[0] == "NOT_FOUND"
    served.pin.unlink()
    code, text = ask(served, "Decrypt", **whole)
    assert code == "UNAVAILABLE"
    assert text.startswith("locked: the PIN file")
    health = client.health(served.socket)
    assert not health.ok
    assert health.healthz == text


def test_only_the_plugins_own_user_can_open_its_socket(served: Bench) -> None:
    assert stat.S_IMODE(served.socket.stat().st_mode) & 0o077 == 0


def test_a_second_server_does_not_take_the_socket_of_the_first(served: Bench) -> None:
    second = served.command("serve", socket=served.socket)
    assert second.returncode == 2
    assert "another process serves there" in second.stderr
    assert client.health(served.socket).ok


def test_the_log_holds_neither_data_nor_pins_nor_tracebacks(served: Bench) -> None:
    marked = b"a very recognisable plaintext..."
    sealed = ask(served, "Encrypt", plaintext=marked)
    ask(served, "Decrypt", ciphertext=marked, key_id="secrets/1", uid="uid-17")
    served.write_pin("wrong-0815-pin")
    ask(served, "Encrypt", plaintext=marked)
    log = (served.folder / "log").read_text(errors="replace")
    assert "uid-17" in log
    assert "refused the PIN" in log
    for secret in (marked.decode(), marked.hex(), sealed.ciphertext.hex(), USER_PIN, OFFICER_PIN, "wrong-0815-pin"):
        assert secret not in log
    assert "Traceback" not in log


def test_a_server_starts_locked_and_says_so_until_it_is_unlocked(bench: Bench) -> None:
    assert bench.command("create").returncode == 0
    away = bench.pin.rename(bench.folder / "away")
    with serving(bench):
        assert client.health(bench.socket).healthz.startswith("locked: ")
        away.rename(bench.pin)
        assert client.health(bench.socket) == Health("ok", "secrets/1")


def test_the_main_thread_alone_is_told_to_end(bench: Bench) -> None:
    # Else one stop in fifty went to another thread, and the server lived on.
    assert bench.command("create").returncode == 0
    with serving(bench) as server:
        assert all(main_thread_alone_hears(server.pid, number) for number in (signal.SIGINT, signal.SIGTERM))


def test_a_killed_server_leaves_nothing_that_stops_the_next_and_a_polite_end_removes_the_socket(bench: Bench) -> None:
    assert bench.command("create").returncode == 0
    with serving(bench) as server:
        server.send_signal(signal.SIGKILL)
        server.wait(30)
    assert bench.socket.exists()
    with serving(bench):
        assert client.health(bench.socket).ok
    assert not bench.socket.exists()
    assert client.health(bench.socket) == Health(f"no plugin answers at {bench.socket} (UNAVAILABLE)", "")


def test_the_health_command_tells_well_from_ill(served: Bench) -> None:
    words = (sys.executable, "-m", "hosts.key_plugin", "health", f"--socket={served.socket}")
    well = served.run(*words)
    served.pin.unlink()
    ill = served.run(*words)
    assert (well.returncode, well.stdout) == (0, "ok secrets/1\n")
    assert (ill.returncode, ill.stdout[:7]) == (1, "locked:")


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("token", "nobody", "token 'nobody': the token is not there"),
        ("module", "/nowhere/libhsm.so", "the PKCS#11 library /nowhere/libhsm.so does not start"),
        ("pin-file", "/nowhere/pin", "the PIN file /nowhere/pin cannot be read"),
        ("key", "", "--key ''"),
        ("key", "a\nb", "--key 'a\\nb'"),
    ],
)
def test_bad_input_ends_with_2_and_one_line(bench: Bench, option: str, value: str, words: str) -> None:
    done = bench.command("keys", **{option: value})
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_socket_that_others_could_replace_is_not_used(bench: Bench) -> None:
    shared = bench.folder / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    (bench.folder / "file").touch()
    for path, words in (
        (shared / "s", "others may write to its folder"),
        (bench.folder / "none" / "s", "No such file or directory"),
        (bench.folder / "file", "a file that is no socket"),
        (bench.folder / ("x" * 108), "at most 107 bytes"),
        ("relative", "an absolute path"),
    ):
        done = bench.command("serve", socket=path)
        assert (done.returncode, words in done.stderr) == (2, True), done.stderr


class _Fails:
    """A vault whose failure nobody foresaw."""

    def _fail(self, *_: object) -> str:
        raise ValueError("with the plaintext in it")

    prove = wrap = unwrap = _fail


def test_an_unforeseen_failure_is_not_healthy_and_tells_no_data(caplog: pytest.LogCaptureFixture) -> None:
    answer = Service(_Fails()).status(None)  # type: ignore[arg-type]
    assert answer.healthz == "the plugin failed: restart it; its log names the kind of error"
    assert "ValueError" in caplog.text
    assert "plaintext" not in caplog.text


def test_seeded_bug_a_health_that_is_always_ok_is_noticed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    del bench

    class Locked:
        def prove(self) -> str:
            raise LockedError("locked")

    def honest() -> None:
        assert Service(Locked()).status(None).healthz == "locked"  # type: ignore[arg-type]

    honest()
    monkeypatch.setattr(Service, "status", lambda *_: protocol.response("Status")(healthz="ok"))
    with pytest.raises(AssertionError):
        honest()


def test_nobody_else_can_be_mistaken_for_the_plugin(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        assert not client.health(path, timeout=0.5).ok
