"""How a sandbox ends: with its owner, or by `stop`; and that its neighbours do not notice."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from sandbox.layout import Layout
from sandbox.register import read as read_register
from sandbox.services import mark, ports, supervisor
from sandbox.services.catalog import NAMES
from sandbox.services.owner import NAME as WATCHER
from sandbox.services.sandbox import start, stop
from sandbox.services.status import RUNNING, STOPPED, status
from tests.sandbox.services.kube import api, eventually, make_namespace

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.services.process import ProcessRecord
    from sandbox.toolchain import Toolchain


def test_a_second_sandbox_ends_with_its_killed_owner_and_the_first_goes_on(
    running: Layout, tools: Toolchain, tmp_path: Path
) -> None:
    neighbour = read_register(running.register)
    second = Layout.of(tmp_path / "second")
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as owner:
        register = start(second.root, tools, owner_pid=owner.pid)
        assert register.aws_endpoint != neighbour.aws_endpoint
        assert register.kubernetes["hamar"].ca_sha256 != neighbour.kubernetes["hamar"].ca_sha256
        make_namespace(second, "remembered")
        records = _records(second)
        assert set(records) == {*NAMES, WATCHER}
        owner.send_signal(signal.SIGKILL)
    eventually(lambda: not any(record.process() for record in records.values()))
    eventually(lambda: not second.register.exists())
    assert {s.state for s in status(running.root)} == {RUNNING}

    assert start(second.root, tools, owner_pid=os.getpid()).kubernetes == register.kubernetes
    assert api(second).read("/api/v1/namespaces/remembered") is not None

    used = ports.read(second.ports).values()
    records = _records(second)
    stop(second.root)
    assert not any(record.process() for record in records.values())
    assert all(ports.is_free(port) for port in used)
    assert not second.register.exists()
    assert not second.law.exists()
    assert mark.is_owned(second)
    assert {s.state for s in status(second.root)} == {STOPPED}
    assert {s.state for s in status(running.root)} == {RUNNING}
    assert not mark.remove(second), "a sandbox made something that it does not know as its own"
    assert not second.root.exists()


def test_an_owner_that_is_killed_while_starting_leaves_nothing(tools: Toolchain, tmp_path: Path) -> None:
    layout = Layout.of(tmp_path / "half")
    child = multiprocessing.get_context("spawn").Process(target=_start_as_owner, args=(layout.root, tools))
    child.start()
    eventually(lambda: supervisor.running(layout, "etcd"))
    child.kill()
    child.join()
    records = _records(layout)
    eventually(lambda: not any(record.process() for record in records.values()))
    eventually(lambda: not any(layout.pids.iterdir()))


def test_stopping_what_never_ran_is_fine(tmp_path: Path) -> None:
    stop(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def _start_as_owner(directory: Path, tools: Toolchain) -> None:
    start(directory, tools, owner_pid=os.getpid())


def _records(layout: Layout) -> dict[str, ProcessRecord]:
    return {name: record for name in (*NAMES, WATCHER) if (record := supervisor.running(layout, name))}
