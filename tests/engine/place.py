"""Commands in a sandbox of the tests' own, and what moto and the API server say when asked themselves."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from components.declaration import load_declaration
from console.inspect.acceptances import accepted_by_stand_in
from console.recording.kept import ELSEWHERE
from located_yaml import ProblemsError
from sandbox import environment
from sandbox.layout import Layout
from sandbox.register import Register, read
from sandbox.services import supervisor

repository = Path(__file__).parents[2]
minutes = 60.0  # seconds
PLANNING = (("preview",), ("up",))


@dataclass(frozen=True)
class Place:
    """One sandbox and the repository's project in it."""

    folder: Path
    # The engine writes its state after each step, which is most of an `up`; where no test kills it, once will do.
    checkpoints: bool = False

    @property
    def register(self) -> Register:
        """Where the stand-ins are now."""
        return read(Layout.of(self.folder).register)

    def variables(self, **more: str) -> dict[str, str]:
        """Return the environment of a sandbox shell."""
        once = {} if self.checkpoints else {"PULUMI_SKIP_CHECKPOINTS": "true"}
        return environment.complete(self.folder) | {ELSEWHERE: str(self.evidence)} | once | more

    @property
    def evidence(self) -> Path:
        """Where its runs leave their records."""
        return self.folder / "evidence"

    def enclave(self, *arguments: str, timeout: float = 15 * minutes) -> subprocess.CompletedProcess[str]:
        """Run our own command; what a stack is planned as, the stand-in inspector has signed, as `make up` does it."""
        if arguments[:1] in PLANNING:
            accept_sites(repository, arguments[1], self.folder)
        if approves_first(repository, *arguments):
            self.enclave("sandbox", "approve", arguments[1])
        return self.run(str(Path(sys.executable).with_name("enclave")), *arguments, timeout=timeout)

    def pulumi(self, *arguments: str, pack: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the plain engine, with the pack that the shell attaches or without."""
        variables = self.variables()
        if not pack:
            del variables["PULUMI_OPTION_POLICY_PACK"]
        return self.run("pulumi", *arguments, "--non-interactive", variables=variables)

    def run(
        self, *command: str, timeout: float = 15 * minutes, variables: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the repository."""
        return subprocess.run(
            command,
            cwd=repository,
            env=variables or self.variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def kubectl(self, *arguments: str) -> str:
        """Ask the API server; it must answer."""
        done = self.run("kubectl", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def kill(self, service: str) -> None:
        """Kill a service of the sandbox, which must run."""
        record = supervisor.running(Layout.of(self.folder), service)
        assert record is not None
        process = psutil.Process(record.pid)
        process.send_signal(signal.SIGKILL)
        gone, _ = psutil.wait_procs([process], timeout=30)
        time.sleep(0 if gone else 1)

    def state(self, stack: str) -> list[dict[str, Any]]:
        """Return the resources of a stack's state."""
        done = self.pulumi("stack", "export", "--stack", stack)
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout)["deployment"].get("resources", []))


def approves_first(folder: Path, *arguments: str) -> bool:
    """Return whether a command plans a stack of a project whose gateways need an approval."""
    if arguments[:1] not in PLANNING:
        return False
    file = folder / "stacks" / f"{arguments[1]}.yaml"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    return "\ngateways:" in text and "\ngateways: {}" not in text


def accept_sites(project: Path, stack: str, sandbox: Path) -> None:
    """Let the stand-in accept the sites of a project's stack, as `enclave sandbox approve` does, without a process."""
    try:
        declaration = load_declaration(project / "stacks" / f"{stack}.yaml")
    except (ProblemsError, OSError):  # the command says so itself
        return
    if declaration.sandbox:
        accepted_by_stand_in(stack, declaration, sandbox)


def project(folder: Path, program: str) -> Path:
    """Write a Pulumi project of one program, with the shipped stacks beside it."""
    folder.mkdir(exist_ok=True)
    runtime = f"runtime: {{name: python, options: {{toolchain: pip, virtualenv: {sys.prefix}}}}}\n"
    (folder / "Pulumi.yaml").write_text(f"name: enclave\nstackConfigDir: stacks\n{runtime}", encoding="utf-8")
    (folder / "__main__.py").write_text(program, encoding="utf-8")
    shutil.copytree(repository / "stacks", folder / "stacks")
    return folder
