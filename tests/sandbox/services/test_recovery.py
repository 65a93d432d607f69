"""What happens when a service dies, and when a record lies."""

from __future__ import annotations

import dataclasses
import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from sandbox.layout import Layout
from sandbox.register import read as read_register
from sandbox.services import ports, process, supervisor
from sandbox.services.errors import SandboxError
from sandbox.services.sandbox import start
from sandbox.services.service import Service
from sandbox.services.status import DEAD, RUNNING, status
from tests.sandbox.services.kube import api, eventually, make_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.toolchain import Toolchain


def test_a_killed_api_server_is_named_and_healed_with_its_data_and_identity(running: Layout, tools: Toolchain) -> None:
    make_namespace(running, "kept")
    before = read_register(running.register)
    others = {s.name: s.pid for s in status(running.root) if s.name in ("moto", "etcd")}
    _kill(running, "kube-apiserver")
    assert [s.name for s in status(running.root) if s.state == DEAD] == ["kube-apiserver"]

    assert start(running.root, tools) == before
    assert {s.state for s in status(running.root)} == {RUNNING}
    assert {s.name: s.pid for s in status(running.root) if s.name in others} == others
    assert api(running).read("/api/v1/namespaces/kept") is not None


def test_a_new_moto_is_a_new_generation_at_the_same_address(running: Layout, tools: Toolchain) -> None:
    before = read_register(running.register)
    _kill(running, "moto")
    after = start(running.root, tools)
    assert after.generation != before.generation
    assert after.organization_root != before.organization_root
    root = before.organization_root
    assert dataclasses.replace(after, generation=before.generation, organization_root=root) == before


def test_a_service_whose_port_was_taken_moves(running: Layout, tools: Toolchain) -> None:
    before = read_register(running.register)
    taken = ports.read(running.ports)["moto"]
    _kill(running, "moto")
    with socket.create_server((ports.LOOPBACK, taken)):
        after = start(running.root, tools)
    assert after.aws_endpoint != before.aws_endpoint
    assert {s.state for s in status(running.root)} == {RUNNING}


def test_a_stuck_service_is_replaced(running: Layout, tools: Toolchain) -> None:
    pid = next(s.pid for s in status(running.root) if s.name == "kwok")
    psutil.Process(pid).suspend()
    start(running.root, tools)
    assert {s.state for s in status(running.root)} == {RUNNING}
    assert next(s.pid for s in status(running.root) if s.name == "kwok") != pid


def test_a_service_that_ends_at_once_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    layout = Layout.of(tmp_path)
    command = (sys.executable, "-c", "import sys; sys.exit('no such flag: --colour')")
    service = Service("broken", command, 1, ready=lambda: False)
    with pytest.raises(SandboxError, match="broken ended while starting") as failure:
        supervisor.bring_up(layout, [service])
    assert "no such flag: --colour" in str(failure.value)
    assert "make up" in str(failure.value)


def test_a_service_that_never_answers_is_reported_after_its_timeout(tmp_path: Path) -> None:
    layout = Layout.of(tmp_path)
    command = (sys.executable, "-c", "import time; time.sleep(600)")
    service = Service("silent", command, 1, ready=lambda: False, timeout=0.2)
    with pytest.raises(SandboxError, match="silent is not ready after 0 s on port 1"):
        supervisor.bring_up(layout, [service])
    record = supervisor.running(layout, "silent")
    assert record
    process.end([record], grace=1.0)


def test_a_number_that_now_belongs_to_a_foreign_process_is_left_alone(
    tmp_path: Path, bystander: subprocess.Popen[bytes]
) -> None:
    started = psutil.Process(bystander.pid).create_time()
    stale = process.ProcessRecord("moto", bystander.pid, started - 100, ("moto",), "old")
    layout = Layout.of(tmp_path)
    layout.pids.mkdir()
    path = supervisor.record_path(layout, "moto")
    path.write_text(json.dumps({**dataclasses.asdict(stale), "path": str(path)}))
    assert process.read(path) == stale
    assert supervisor.running(layout, "moto") is None
    process.end([stale], grace=0.1)
    assert bystander.poll() is None


def test_the_same_record_with_the_right_start_time_is_ended(bystander: subprocess.Popen[bytes]) -> None:
    # The seeded counterpart: were the start time not compared, the test above could not tell.
    started = psutil.Process(bystander.pid).create_time()
    process.end([process.ProcessRecord("moto", bystander.pid, started, (), "")], grace=1.0)
    assert bystander.wait(30) == -signal.SIGTERM


def test_a_copied_directory_does_not_take_over_the_processes_of_its_original(running: Layout, tmp_path: Path) -> None:
    assert supervisor.running(running, "moto")
    copy = Layout.of(tmp_path / "copy")
    shutil.copytree(running.pids, copy.pids)
    assert supervisor.running(copy, "moto") is None


def test_a_moved_directory_still_knows_its_processes(tmp_path: Path, bystander: subprocess.Popen[bytes]) -> None:
    old, new = Layout.of(tmp_path / "old"), Layout.of(tmp_path / "new")
    started = psutil.Process(bystander.pid).create_time()
    record = process.ProcessRecord("moto", bystander.pid, started, ("moto",), "x")
    old.pids.mkdir(parents=True)
    path = supervisor.record_path(old, "moto")
    path.write_text(json.dumps({**dataclasses.asdict(record), "path": str(path)}))
    old.root.rename(new.root)
    assert supervisor.running(new, "moto") == record


def test_a_failed_start_leaves_no_register(running: Layout, tools: Toolchain) -> None:
    _kill(running, "kube-scheduler")
    broken = dataclasses.replace(tools, kube_scheduler=Path("/bin/false"))
    with pytest.raises(SandboxError, match="kube-scheduler ended while starting"):
        start(running.root, broken)
    assert not running.register.exists()
    assert not running.law.exists()
    start(running.root, tools)
    assert running.register.exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": "moto"}', '{"pid": "x"}'])
def test_an_unusable_record_counts_as_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "moto.json"
    path.write_text(content)
    assert process.read(path) is None


def test_ports_are_kept_while_free_and_replaced_when_taken() -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as foreign:
        taken = foreign.getsockname()[1]
        free = ports.choose(["a"], {}, [])["a"]
        remembered = {"a": free, "b": taken, "gone": 1}
        chosen = ports.choose(["a", "b", "c"], remembered, running=[])
        assert chosen["a"] == free
        assert len({taken, *chosen.values()}) == 4
        assert ports.choose(["a", "b"], remembered, running=["b"])["b"] == taken


def _kill(layout: Layout, name: str) -> None:
    record = supervisor.running(layout, name)
    assert record
    psutil.Process(record.pid).kill()
    eventually(lambda: record.process() is None, timeout=30)


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    # Reaped at once when it ends, as a foreign process would be.
    threading.Thread(target=child.wait, daemon=True).start()
    yield child
    child.kill()
    child.wait()
