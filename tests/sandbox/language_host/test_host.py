"""The host process by itself: how it starts, ends, and finds the interpreter."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.language_host import interpreter
from tests.threads import signal_a_worker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.language_host.conftest import Workshop


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_host_ends_quietly_on_a_signal(workshop: Workshop, number: signal.Signals) -> None:
    with _host(workshop) as host:
        assert host.stdout
        port = int(host.stdout.readline())
        host.send_signal(number)
        output, errors = host.communicate(timeout=30)
    assert port > 0
    assert (host.returncode, output, errors) == (0, b"", b"")


def test_a_signal_that_a_worker_gets_ends_the_host_too(workshop: Workshop) -> None:
    with _host(workshop) as host:
        assert host.stdout
        host.stdout.readline()
        signal_a_worker(host.pid, signal.SIGINT)
        assert host.wait(30) == 0


def test_the_host_ends_when_the_engine_lets_go_of_its_input(workshop: Workshop) -> None:
    with _host(workshop) as host:
        assert host.stdin
        assert host.stdout
        host.stdout.readline()
        host.stdin.close()
        assert host.wait(30) == 0


def test_a_missing_runner_is_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox.language_host", "--runner", str(tmp_path / "gone")]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert f"{tmp_path / 'gone'} does not exist" in refused.stderr


def test_the_protocol_loads_without_the_sdk() -> None:
    # Loading the SDK triples the wait for the host in every run.
    question = "import sys, sandbox.language_host.service; print('pulumi.resource' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


@pytest.mark.parametrize("options", [{}, {"toolchain": "pip"}, {"virtualenv": ""}])
def test_without_a_virtual_environment_the_hosts_own_python_is_used(options: Mapping[str, str]) -> None:
    assert interpreter.interpreter(Path("/project"), options) == Path(sys.executable)


def test_a_relative_virtual_environment_is_found_from_the_projects_root(tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    pack = tmp_path / "policy-packs" / "some"
    pack.mkdir(parents=True)
    # Not resolved: the link's target is the Python which the environment was made from.
    assert interpreter.interpreter(pack, {"virtualenv": "../../.venv"}) == python


def test_the_sdk_packages_name_the_plugins_they_need() -> None:
    names = {plugin.name for plugin in interpreter.required_plugins(Path(sys.executable))}
    assert {"aws", "kubernetes"} <= names


def _host(workshop: Workshop) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen([workshop.host, "127.0.0.1:1"], stdin=pipe, stdout=pipe, stderr=pipe)
