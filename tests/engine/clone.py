"""A copy of the project with declarations of its own: what a test changes there, no other test and no user sees."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.engine.place import PLANNING, Place, accept_sites, approves_first, repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PARTS = ("components", "console", "hosts", "located_yaml", "policy-packs", "sandbox")
FILES = ("__main__.py", "Pulumi.yaml")
SETTINGS = 'config:\n  pulumi:disable-default-providers: ["*"]\n'
UNFINISHED = shutil.ignore_patterns("*.pyc.*")
"""Bytecode that Python is just writing; what is written is copied, so that no copy compiles everything again."""
minutes = 60.0  # seconds


@dataclass(frozen=True)
class Clone:
    """A copy of the project in a folder, used with one sandbox as a user would."""

    folder: Path
    place: Place

    @classmethod
    def make(cls, folder: Path, place: Place) -> Clone:
        """Copy the project into a folder that is not there yet."""
        folder.mkdir()
        for part in PARTS:
            shutil.copytree(repository / part, folder / part, ignore=UNFINISHED)
        for file in FILES:
            shutil.copy(repository / file, folder / file)
        (folder / "stacks").mkdir()
        (folder / ".venv").symlink_to(Path(sys.prefix))
        return cls(folder, place)

    @classmethod
    def provisioned(cls, folder: Path, place: Place, stack: str, text: str) -> Clone:
        """As `make`, with a stack of this declaration that is up."""
        made = cls.make(folder, place)
        made.declare(stack, text)
        done = made.enclave("up", stack)
        assert done.returncode == 0, done.stdout + done.stderr
        return made

    @property
    def environment(self) -> dict[str, str]:
        """The environment of commands in the copy."""
        paths = os.pathsep.join((str(self.folder), str(self.folder / "policy-packs")))
        return self.place.variables(PYTHONPATH=paths, ENCLAVE_SANDBOX=str(self.place.folder))

    def declare(self, stack: str, text: str) -> None:
        """Write a declaration, and the settings of its stack where there are none; its sites are accepted."""
        (self.folder / "stacks" / f"{stack}.yaml").write_text(text, encoding="utf-8")
        settings = self.folder / "stacks" / f"Pulumi.{stack}.yaml"
        if not settings.exists():
            settings.write_text(SETTINGS, encoding="utf-8")
        accept_sites(self.folder, stack, self.place.folder)

    def declaration(self, stack: str) -> str | None:
        """Return the declaration of a stack; None where there is none."""
        file = self.folder / "stacks" / f"{stack}.yaml"
        return file.read_text(encoding="utf-8") if file.exists() else None

    def forget(self, stack: str) -> None:
        """Remove the declaration of a stack and its settings."""
        for name in (f"{stack}.yaml", f"Pulumi.{stack}.yaml"):
            (self.folder / "stacks" / name).unlink(missing_ok=True)

    def command(self, *words: str) -> Sequence[str]:
        """Return the command line of our own command in the copy."""
        return [sys.executable, "-c", "from console.entry import main; main()", *words]

    def enclave(
        self, *words: str, timeout: float = 15 * minutes, types: str | None = None, approved: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run our own command in the copy; ``types``: at a terminal, where a person types this.

        What a stack is planned as, the stand-in inspector has signed, as `make up` does it, unless not ``approved``.
        """
        if approved:
            self._approve(*words)
        if types is None:
            return self._run(self.command(*words), timeout)
        with _terminal(types) as terminal:
            return self._run(self.command(*words), timeout, terminal)

    def begun(self, *words: str, shown: bool = False) -> subprocess.Popen[str]:
        """Begin our own command in the copy, for somebody who reads what it says on the way and may end it.

        So its state is written at each step, as a user's. ``shown``: its standard output is to be read, too.
        """
        self._approve(*words)
        return subprocess.Popen(
            self.command(*words),
            cwd=self.folder,
            env=replace(self, place=replace(self.place, checkpoints=True)).environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if shown else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _approve(self, *words: str) -> None:
        if words[:1] in PLANNING:
            accept_sites(self.folder, words[1], self.place.folder)
        if approves_first(self.folder, *words):
            self._run(self.command("sandbox", "approve", words[1]), 15 * minutes)

    def pulumi(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the plain engine in the copy, without packs."""
        return self._run(["pulumi", *words, "--non-interactive"], 15 * minutes)

    def _run(
        self, command: Sequence[str], timeout: float, stdin: int = subprocess.DEVNULL
    ) -> subprocess.CompletedProcess[str]:
        variables = {key: value for key, value in self.environment.items() if key != "PULUMI_OPTION_POLICY_PACK"}
        return subprocess.run(
            command,
            cwd=self.folder,
            env=variables,
            stdin=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def deployment(self, stack: str) -> dict[str, Any]:
        """Return a stack's deployment as the engine exports it."""
        done = self.pulumi("stack", "export", "--stack", stack)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout)["deployment"])

    def resources(self, stack: str) -> list[dict[str, Any]]:
        """Return the resources of a stack's state."""
        return list(self.deployment(stack).get("resources") or [])

    def stacks(self) -> list[str]:
        """Return the stacks of the backend."""
        done = self.pulumi("stack", "ls", "--json")
        assert done.returncode == 0, done.stderr
        return [each["name"].rpartition("/")[2] for each in json.loads(done.stdout)]

    def destroy(self, stack: str) -> None:
        """Destroy all that a stack has, protected or not."""
        self.pulumi("state", "unprotect", "--all", "--yes", "--stack", stack)
        done = self.pulumi("destroy", "--yes", "--skip-preview", "--stack", stack)
        assert done.returncode == 0, done.stdout


@contextmanager
def _terminal(types: str) -> Iterator[int]:
    """Yield a terminal to read from, at which this line has been typed."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{types}\n".encode())
        yield theirs
    finally:
        os.close(theirs)
        os.close(ours)
