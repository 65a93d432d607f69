"""Packages of the machine's own Debian archive, downloaded and unpacked without root: nothing is installed.

apt checks each package by the archive's signed index.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.toolchain.process import run_logged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

TOOLS: Final = ("apt-get", "dpkg-deb")
# Seconds and tries: a machine without network must not wait for long for what it can do without.
BRIEF: Final = ("-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=15", "-o", "Acquire::https::Timeout=15")


def missing_tool() -> str | None:
    """Return the tool that is not here, where there is one."""
    return next((name for name in TOOLS if shutil.which(name) is None), None)


@dataclass(frozen=True)
class Archive:
    """The archive as one fetch sees it: a folder for its files, and where the commands' output goes."""

    folder: Path
    logs: Path
    name: str

    def download(self, packages: Sequence[str]) -> str | None:
        """Put the files of packages into the folder; return what went wrong."""
        return self._with_index(lambda options: self._run("download", ["apt-get", *options, "download", *packages]))

    def needed(self, package: str) -> list[str] | str:
        """Return the package and what this machine lacks for it, or what went wrong."""
        found: list[str] = []

        def ask(options: Sequence[str]) -> str | None:
            found.clear()
            line = ["apt-get", *options, "install", "--simulate", "--no-install-recommends", package]
            return self._run("simulate", line, found)

        problem = self._with_index(ask)
        named = [line.split()[1] for line in found if line.startswith("Inst ")]
        return problem or named or f"nothing is to be installed for {package}"

    def unpack(self, target: Path) -> str | None:
        """Unpack every package file of the folder; return what went wrong."""
        for file in sorted(self.folder.glob("*.deb")):
            if problem := self._run("unpack", ["dpkg-deb", "-x", str(file), str(target)]):
                return problem
        return None

    def _with_index(self, ask: Callable[[Sequence[str]], str | None]) -> str | None:
        """Ask by the machine's index; where that fails, by one of our own, as a container image comes without it."""
        if ask(BRIEF) is None:
            return None
        for name in ("lists/partial", "archives/partial"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        own = (*BRIEF, "-o", f"Dir::State::Lists={self.folder}/lists", "-o", f"Dir::Cache={self.folder}")
        update = self._run("update", ["apt-get", *own, "-o", "APT::Get::List-Cleanup=false", "update"])
        return update or ask(own)

    def _run(self, stage: str, command: Sequence[str], lines: list[str] | None = None) -> str | None:
        log = self.logs / f"{self.name}-{stage}.log"
        result = run_logged(command, log, folder=self.folder, on_line=lines.append if lines is not None else None)
        if result.code == 0:
            return None
        # apt's warnings stand below its error
        return next((line for line in reversed(result.tail) if line.startswith("E: ")), result.last_line)
