"""Runs the Pulumi engine with its event log, in the environment of the stack."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from enclave_policies.judging.judged_day import DAY
from enclave_policies.judging.side_channel import FOLDER, handed_over

from console import refusals
from console.gate import overheard
from console.gate.errors import EngineMissingError
from console.gate.following import followed
from console.gate.record import read_record
from console.gate.run_mark import RUN, mark_of
from console.private_folder import private_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from console.gate.record import RunRecord
    from console.gate.run_mark import RunMark

# A flag that comes from the environment could switch off rules or leave out resources.
_flags_from_environment = "PULUMI_OPTION_"
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
gave_up = 124  # what timeout(1) exits with


@dataclass(frozen=True)
class Engine:
    """The engine for one stack: working folder, environment, and the packs that are always attached."""

    project: Path
    stack: str
    environment: Mapping[str, str]
    packs: Sequence[Path]
    patience: float = 1800.0  # seconds; the engine itself waits for a pack for ever
    name: str = "enclave"  # of the project, as in Pulumi.yaml

    @property
    def backend(self) -> str:
        """Where the state is kept, as the environment says; empty where the engine's own settings do."""
        return self.environment.get("PULUMI_BACKEND_URL", "")

    @cached_property
    def mark(self) -> RunMark:
        """The mark of this process's runs of the stack."""
        return mark_of(self.backend, self.name, self.stack)

    def preview(self, *options: str, quiet: bool = False, expected: int = 0, as_of: date | None = None) -> RunRecord:
        """Plan the stack and return the record of it; it is incomplete when the engine outlasts the patience.

        ``expected`` is how many resources there may be, for the line that says how far it is; 0 where nobody knows.
        ``as_of`` is the day that packs and guard judge for, None for today.
        """
        day = {DAY: as_of.isoformat()} if as_of else {}
        return self._run(["preview", *options], ("planned", expected), quiet=quiet, patience=self.patience, more=day)

    def update(self, *options: str, quiet: bool = False, expected: int = 0) -> RunRecord:
        """Change the stack, without a preview of its own and without asking, and return the record of it."""
        return self._run(["up", "--yes", "--skip-preview", *options], ("done", expected), quiet=quiet)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command of the engine and return its output."""
        with private_folder() as private:
            return subprocess.run(
                [self._executable(), *arguments],
                cwd=self.project,
                env=self._environment(private),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
            )

    def _run(
        self,
        command: list[str],
        progress: tuple[str, int],
        *,
        quiet: bool,
        patience: float | None = None,
        more: Mapping[str, str] = NOTHING,
    ) -> RunRecord:
        # The engine makes its log readable for all, and resource inputs are in it.
        with private_folder() as private, private_folder() as scratch:
            log = Path(private) / "events.json"
            packs = [option for pack in self.packs for option in ("--policy-pack", str(pack))]
            line = [
                self._executable(),
                *command,
                "--stack",
                self.stack,
                "--non-interactive",
                "--suppress-outputs",
                *packs,
            ]
            environment = {**self._environment(scratch), "PULUMI_DEBUG_COMMANDS": "true", FOLDER: private, **more}
            command = [*line, "--event-log", str(log)]
            try:
                with followed(log, *progress):
                    code, errors = overheard.run(command, self.project, environment, quiet=quiet, patience=patience)
            except overheard.GaveUpError:
                hung = f"the engine was not done after {patience:.0f} s and was ended; does a policy pack hang?"
                return replace(read_record(log, gave_up), complete=False, errors=(hung,))
            record = read_record(log, code)
            return replace(
                record,
                errors=record.errors or errors,
                findings=handed_over(Path(private)),
                guard=refusals.handed_over(Path(private)),
            )

    def _executable(self) -> str:
        found = shutil.which("pulumi", path=self.environment.get("PATH", os.defpath))
        if found is None:
            raise EngineMissingError(
                "there is no `pulumi` on PATH; install the official one, or run `make up` for the local sandbox"
            )
        return found

    def _environment(self, scratch: str) -> dict[str, str]:
        kept = {
            key: value
            for key, value in self.environment.items()
            if not key.startswith(_flags_from_environment) and key != DAY  # a day comes from the command line alone
        }
        # The Kubernetes plugin writes kubeconfigs there, with their credentials, and leaves them.
        return {**kept, RUN: str(self.mark), "TMPDIR": scratch}
