"""What the benchmarks of one run share: settings, progress, a place of their own, and one sandbox made on demand."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import runs
from console.gate.engine import Engine
from console.gate.stack import project
from sandbox import environment
from sandbox.services.sandbox import start, stop
from sandbox.toolchain import ensure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import ExitStack

    from sandbox.register import Register
    from sandbox.toolchain import Progress

enclave = str(Path(sys.executable).with_name("enclave"))


@dataclass
class Workbench:
    """One run of benchmarks; what it makes ends with ``ends``, and the sandbox with this process however it ends."""

    progress: Progress
    ends: ExitStack
    rounds: int
    packs: Sequence[Path] = (project / "policy-packs" / "jurisdiction",)

    @cached_property
    def place(self) -> Path:
        """A folder of this run's own."""
        return Path(self.ends.enter_context(tempfile.TemporaryDirectory(prefix="enclave-benchmarks-")))

    @cached_property
    def sandbox(self) -> tuple[Path, Register]:
        """A running sandbox, apart from the user's: its folder and its register."""
        folder = self.place / "sandbox"
        with self.progress.step("starting a sandbox for the benchmarks", "about 15 s"):
            tools = ensure(self.progress)
            self.ends.callback(stop, folder)
            return folder, start(folder, tools, owner_pid=os.getpid())

    @cached_property
    def variables(self) -> dict[str, str]:
        """The environment of programs in that sandbox."""
        return environment.complete(self.sandbox[0])

    @cached_property
    def local(self) -> Engine:
        """The gate's engine for the stack `local`, which is up."""
        variables = self.variables
        with self.progress.step("bringing up the stack `local`", "about 1 min"):
            for words in (("sandbox", "approve", "local"), ("up", "local")):  # as `make up` does
                runs.command([enclave, *words], project, variables, self.log("-".join(words)))
        return Engine(project, "local", variables, self.packs)

    def log(self, name: str) -> Path:
        """Where the output of a command goes."""
        return self.place / "logs" / f"{name}.log"
