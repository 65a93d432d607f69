"""Hamar's Secrets on the real API server and etcd, wrapped by the stand-in for an HSM."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from hosts.key_plugin import client
from sandbox.layout import Layout
from sandbox.services import apiserver, encryption, hsm, kms, ports, process, supervisor
from sandbox.services.errors import SandboxError
from sandbox.services.sandbox import start, stop
from sandbox.services.service import Place
from sandbox.services.status import RUNNING, status
from sandbox.toolchain import softhsm
from tests.sandbox.services import plaintext_plugin, stored
from tests.sandbox.services.kube import api, create, eventually
from tests.sandbox.services.stored import Stored, assert_sealed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.toolchain import Toolchain

SECRETS = "/api/v1/namespaces/default/secrets"
PEPPER = "correct-horse-battery-staple"
_CREATED = 201
_REFUSED = (429, 500)  # not yet (a list waits for the cache), and an internal error


@pytest.fixture(autouse=True, scope="module")
def _with_an_hsm(tools: Toolchain) -> None:
    if tools.softhsm is None:
        pytest.skip(f"NO HSM IS TESTED: {softhsm.WITHOUT if softhsm.binding_is_there() else softhsm.WITHOUT_BINDING}")


@pytest.fixture
def healed(running: Layout, tools: Toolchain) -> Iterator[Layout]:
    """The shared sandbox, brought back to health in the end."""
    yield running
    away = hsm.pin_file(running).with_name("away")
    if away.exists():
        away.rename(hsm.pin_file(running))
    start(running.root, tools)


def write(layout: Layout, name: str, value: str = PEPPER) -> tuple[int, Any]:
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": {"pepper": value}}
    return create(layout, SECRETS, body)


def read(layout: Layout, name: str) -> str | None:
    """Return the Secret's value as the API server gives it; None when it refuses."""
    found = api(layout).read(f"{SECRETS}/{name}")
    return found and base64.b64decode(found["data"]["pepper"]).decode()


def lock(layout: Layout) -> None:
    hsm.pin_file(layout).rename(hsm.pin_file(layout).with_name("away"))


def unlock(layout: Layout) -> None:
    hsm.pin_file(layout).with_name("away").rename(hsm.pin_file(layout))


def end(layout: Layout, service: str) -> None:
    record = supervisor.running(layout, service)
    assert record, f"{service} does not run"
    process.end([record], grace=10)


def restart_api_server(layout: Layout, tools: Toolchain) -> None:
    """End it and start it again, whatever its HSM says; with it goes every seed that it has in memory."""
    end(layout, apiserver.NAME)
    supervisor.launch(layout, apiserver.service(Place(layout, ports.read(layout.ports)), tools))
    eventually(lambda: api(layout).answers("/livez/ping"), timeout=60)


def rotate(layout: Layout) -> str:
    done = subprocess.run([layout.bin / "hamar-keys", "rotate"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_secret_is_read_back_by_the_api_and_is_ciphertext_in_etcd(running: Layout, tools: Toolchain) -> None:
    assert write(running, "sealed")[0] == _CREATED
    assert read(running, "sealed") == PEPPER
    found = stored.read(running, tools, "sealed")
    assert_sealed(found, PEPPER)
    assert found.key_id == client.health(hsm.socket(running)).key_id


def test_other_objects_are_stored_as_ever(running: Layout) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "plain"}, "data": {"a": "b"}}
    assert create(running, "/api/v1/namespaces/default/configmaps", body)[0] == _CREATED
    config = yaml.safe_load(running.encryption.read_text())
    assert [entry["resources"] for entry in config["resources"]] == [["secrets"]]
    assert [list(provider) for provider in config["resources"][0]["providers"]] == [["kms"]]  # no plain fallback


def test_after_a_rotation_old_secrets_are_read_and_new_ones_carry_the_new_key_without_a_restart(
    running: Layout, tools: Toolchain
) -> None:
    write(running, "before-rotation")
    old = stored.read(running, tools, "before-rotation")
    new_key = rotate(running)
    assert new_key != old.key_id

    def carries_the_new_key() -> bool:
        api(running).answers("/readyz")  # asks the plugin if the last time was 20 s ago
        body = api(running).read(f"{SECRETS}/before-rotation")
        api(running).request("PUT", f"{SECRETS}/before-rotation", body)  # written again, as a storage migration does
        return stored.read(running, tools, "before-rotation").key_id == new_key

    write(running, "from-before", "older pepper of the site")
    untouched = stored.read(running, tools, "from-before")
    eventually(carries_the_new_key, timeout=90)
    assert write(running, "after-rotation")[0] == _CREATED
    new = stored.read(running, tools, "after-rotation")
    assert (untouched.key_id, new.key_id) == (old.key_id, new_key)
    assert_sealed(new, PEPPER)
    restart_api_server(running, tools)
    values = {name: read(running, name) for name in ("from-before", "before-rotation", "after-rotation")}
    assert values == {"from-before": "older pepper of the site", "before-rotation": PEPPER, "after-rotation": PEPPER}


def test_with_the_hsm_locked_a_restarted_api_server_refuses_secrets_until_it_is_unlocked(
    healed: Layout, tools: Toolchain
) -> None:
    write(healed, "locked-away")
    lock(healed)
    assert client.health(hsm.socket(healed)).healthz.startswith("locked: ")
    # What the running API server has in memory still serves: reads for a day, writes for 3 minutes (KMS v2).
    assert read(healed, "locked-away") == PEPPER
    restart_api_server(healed, tools)
    assert api(healed).read("/api/v1/namespaces/default") is not None  # it serves what needs no key
    assert not api(healed).answers("/readyz/kms-providers")
    for status_code, text in (
        write(healed, "while-locked"),
        api(healed).request("GET", f"{SECRETS}/locked-away"),
        api(healed).request("GET", SECRETS),
        api(healed).request("DELETE", f"{SECRETS}/locked-away"),
    ):
        assert status_code in _REFUSED, text
        assert PEPPER not in str(text)
        assert base64.b64encode(PEPPER.encode()).decode() not in str(text)

    unlock(healed)
    assert eventually(lambda: read(healed, "locked-away"), timeout=60) == PEPPER
    assert read(healed, "while-locked") is None
    assert write(healed, "after-unlocking")[0] == _CREATED


def test_without_the_plugin_a_restarted_api_server_refuses_secrets_until_the_plugin_is_back(
    healed: Layout, tools: Toolchain
) -> None:
    write(healed, "without-plugin")
    end(healed, kms.NAME)
    restart_api_server(healed, tools)
    assert read(healed, "without-plugin") is None
    assert write(healed, "never-written")[0] in _REFUSED
    supervisor.launch(healed, kms.service(Place(healed, ports.read(healed.ports)), tools))
    assert eventually(lambda: read(healed, "without-plugin"), timeout=60) == PEPPER
    eventually(lambda: api(healed).answers("/readyz"), timeout=60)


def test_a_start_with_the_hsm_locked_fails_and_says_that_it_is(healed: Layout, tools: Toolchain) -> None:
    lock(healed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kms, "_TIMEOUT", 4.0)
        with pytest.raises(SandboxError, match="locked: the PIN file") as failure:
            start(healed.root, tools)
    assert "kms is not ready" in str(failure.value)
    assert not healed.register.exists()


def test_seeded_bug_a_plugin_that_returns_the_plaintext_is_caught(healed: Layout, tools: Toolchain) -> None:
    service = kms.service(Place(healed, ports.read(healed.ports)), tools)
    end(healed, kms.NAME)
    words = (sys.executable, str(Path(plaintext_plugin.__file__)), *service.command[4:])
    process.spawn(
        kms.NAME,
        words,
        {**service.environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        supervisor.log_path(healed, kms.NAME),
        supervisor.record_path(healed, kms.NAME),
    )
    eventually(lambda: client.health(hsm.socket(healed)).ok)
    restart_api_server(healed, tools)
    eventually(lambda: write(healed, "exposed")[0] == _CREATED, timeout=60)
    assert read(healed, "exposed") == PEPPER  # through the API all looks well
    found = stored.read(healed, tools, "exposed")
    assert found.value.startswith(encryption.PREFIX.encode())
    with pytest.raises(AssertionError, match="who has etcd has the secret"):
        assert_sealed(found, PEPPER)
    assert api(healed).request("DELETE", f"{SECRETS}/exposed")[0] == 200
    end(healed, apiserver.NAME)  # it would go on with the seed that it has


def test_pins_lie_in_files_of_their_owner_alone_and_in_no_log_or_command(running: Layout) -> None:
    pins = [path.read_text().strip() for path in running.hsm.glob("*pin")]
    assert len(pins) == 2
    assert {path.stat().st_mode & 0o077 for path in (running.hsm, *running.hsm.glob("*pin"))} == {0}
    texts = [path.read_text(errors="replace") for path in (*running.logs.iterdir(), *running.pids.iterdir())]
    assert not any(pin in text for pin in pins for text in texts)


def test_a_sandbox_without_hsm_runs_and_gets_one_later_but_never_loses_it_silently(
    tmp_path: Path, tools: Toolchain
) -> None:
    layout, without = Layout.of(tmp_path), dataclasses.replace(tools, softhsm=None)
    try:
        start(layout.root, without, owner_pid=os.getpid())
        assert {s.state for s in status(layout.root)} == {RUNNING}
        assert kms.NAME not in {s.name for s in status(layout.root)}
        assert encryption.words(layout) == "secrets are not encrypted by an HSM: install softhsm2"
        write(layout, "plain")
        plain = stored.read(layout, tools, "plain")
        with pytest.raises(AssertionError, match="k8s"):  # the same question that every sealed Secret answers
            assert_sealed(plain, PEPPER)
        assert plain.value.startswith(b"k8s\0")
        assert PEPPER.encode() in plain.value

        start(layout.root, tools)
        assert encryption.words(layout).startswith("Hamar's Secrets are encrypted by key hamar-secrets")
        assert read(layout, "plain") == PEPPER
        write(layout, "sealed")
        assert_sealed(stored.read(layout, tools, "sealed"), PEPPER)

        with pytest.raises(SandboxError, match="encrypted by SoftHSM2, which is not there any more: install softhsm2"):
            start(layout.root, without)
    finally:
        stop(layout.root)


def test_what_a_killed_start_left_of_a_token_is_made_anew(tmp_path: Path, tools: Toolchain) -> None:
    layout = Layout.of(tmp_path)
    (layout.hsm / "tokens" / "half").mkdir(parents=True)
    (layout.hsm / "pin").write_text("half")
    encryption.ensure(layout, tools)
    made = sorted(path.name for path in (layout.hsm / "tokens").iterdir())
    assert "half" not in made
    before = hsm.pin_file(layout).read_text()
    encryption.ensure(layout, tools)
    assert hsm.pin_file(layout).read_text() == before  # once for each sandbox
    assert sorted(path.name for path in (layout.hsm / "tokens").iterdir()) == made


def test_what_an_attacker_of_etcd_is_modelled_to_do_does_open_a_seed_in_the_clear() -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand  # noqa: PLC0415

    seed, info, nonce, path = b"s" * 32, b"i" * 32, b"n" * 12, "/registry/secrets/a/b"
    key = HKDFExpand(SHA256(), 32, info).derive(seed)
    data = info + nonce + AESGCM(key).encrypt(nonce, json.dumps({"pepper": PEPPER}).encode(), path.encode())

    def value(wrapped: bytes) -> bytes:
        parts = ((1, data), (2, b"k/1"), (3, wrapped))
        body = b"".join(bytes([number << 3 | 2]) + _varint(len(part)) + part for number, part in parts)
        return encryption.PREFIX.encode() + body

    assert Stored(path, value(b"xx" + seed + b"xx")).shows(PEPPER)
    assert not Stored(path, value(b"w" * 61)).shows(PEPPER)


def _varint(number: int) -> bytes:
    low, high = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _varint(high) if high else bytes([low])
