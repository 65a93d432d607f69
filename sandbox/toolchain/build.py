"""Download and compile one tool of the table with Go; needs no C compiler."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.toolchain.errors import ToolchainError
from sandbox.toolchain.key import key, sources
from sandbox.toolchain.process import Result, run_logged

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.toolchain.cache import Cache
    from sandbox.toolchain.go import Go
    from sandbox.toolchain.progress import Step
    from sandbox.toolchain.table import EmbeddedJson, GoTool

_PARALLEL_DOWNLOADS = "8"
_EXECUTABLE = 0o755
_UNREACHABLE = re.compile(r"(\S+@v\S+): (?:Get|reading|read) ")
# Settings of the user's that would change the product or where it is built; the rest (GOPROXY …) is theirs.
_CLEANED = frozenset({"GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "GOROOT", "GOBIN", "GODEBUG"})


@dataclass(frozen=True)
class Build:
    """One tool, the Go that makes it, and the cache that it works in."""

    tool: GoTool
    go: Go
    cache: Cache

    def download(self, step: Step | None = None) -> int:
        """Fetch the sources of every package that the tool needs, and no others; returns how many packages."""
        packages: list[str] = []

        def count(line: str) -> None:
            packages.append(line)
            if step and line.startswith("go: downloading"):
                step.note = line.removeprefix("go: downloading ")

        environment = {**self._environment(), "GOMAXPROCS": _PARALLEL_DOWNLOADS}
        with self.cache.partial(f"{self.tool.name}-sources", key(self.tool)) as folder:
            self._lay_out(folder)
            result = self._go("download", ["list", "-deps", *self._packages()], folder, environment, count)
        if step:
            step.note = ""
        if result.code:
            raise ToolchainError(self._failure("downloading the Go modules of", "download", result))
        return sum(1 for line in packages if not line.startswith("go: "))

    def compile(self, into: Path, total: int, step: Step | None = None) -> None:
        """Build the tool's programs and collect its files in the folder `into`."""
        compiled = 0

        def count(_line: str) -> None:
            nonlocal compiled
            compiled += 1
            if step and total:
                step.note = f"{min(compiled, total)} of {total} packages"

        with self.cache.partial(f"{self.tool.name}-build", key(self.tool)) as folder:
            self._lay_out(folder)
            for embedded in self.tool.embedded:
                self._write_json(embedded, folder)
            programs = folder / "programs"
            programs.mkdir()
            arguments = ["build", "-v", "-trimpath", f"-gcflags={self.tool.gcflags}", *self._ldflags()]
            arguments += ["-o", str(programs) + os.sep, *self._packages()]
            result = self._go("build", arguments, folder, self._environment(), count)
            if step:
                step.note = ""
            if result.code:
                raise ToolchainError(self._failure("building", "build", result))
            for binary in self.tool.binaries:
                built = self.tool.name if binary.package == "." else binary.built_as
                (programs / built).rename(into / binary.name)
            for file in self.tool.files:
                shutil.copyfile(self._module_folder(file.module, folder) / file.path, into / file.name)
                (into / file.name).chmod(_EXECUTABLE)

    def _packages(self) -> list[str]:
        return [binary.package for binary in self.tool.binaries]

    def _ldflags(self) -> list[str]:
        return [f"-ldflags={' '.join(('-s', '-w', *self.tool.ldflags))}"]

    def _lay_out(self, folder: Path) -> None:
        # A copy, because Go may touch go.sum and because generated files are embedded beside main.go.
        for source in sources(self.tool):
            shutil.copyfile(source, folder / source.name)
        for embedded in self.tool.embedded:  # `go list` wants to see them; the build writes the real ones
            (folder / embedded.name).write_text("{}")

    def _write_json(self, embedded: EmbeddedJson, folder: Path) -> None:
        source = self._module_folder(embedded.module, folder) / embedded.path
        content = json.loads(source.read_text(encoding="utf-8"))
        if embedded.version is not None:
            content["version"] = embedded.version
        (folder / embedded.name).write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")

    def _module_folder(self, module: str, folder: Path) -> Path:
        found = subprocess.run(
            [self.go.path, "mod", "download", "-json", module],
            cwd=folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if found.returncode:
            raise ToolchainError(f"Go cannot find the module {module} of {self.tool.name}: {found.stderr.strip()}")
        return Path(json.loads(found.stdout)["Dir"])

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _CLEANED}
        return {
            **kept,
            "CGO_ENABLED": "0",
            # Not empty: empty would let `go env -w GOFLAGS=…` through. modcacherw: so that `rm -r` works.
            "GOFLAGS": "-modcacherw -buildvcs=false",
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
            "GOCACHE": str(self.cache.go_build),
            "GOMODCACHE": str(self.cache.go_modules),
        }

    def _log(self, stage: str) -> Path:
        return self.cache.logs / f"{self.tool.name}-{key(self.tool)}-{stage}.log"

    def _go(
        self,
        stage: str,
        arguments: list[str],
        folder: Path,
        environment: dict[str, str],
        on_line: Callable[[str], None],
    ) -> Result:
        command = [str(self.go.path), *arguments]
        return run_logged(command, self._log(stage), folder=folder, environment=environment, on_line=on_line)

    def _failure(self, doing: str, stage: str, result: Result) -> str:
        lines = "\n".join(f"    {line}" for line in result.tail)
        unreachable = next((m[1] for line in result.tail if (m := _UNREACHABLE.search(line))), None)
        step = (
            f"The Go module {unreachable} could not be fetched. Check the network (GOPROXY names the module proxy)"
            if unreachable
            else "Correct what the lines above name"
        )
        return (
            f"{doing} {self.tool.name} {self.tool.version} failed with {self.go.version}:\n{lines}\n"
            f"Full output: {self._log(stage)}\n"
            f"{step}, then run the same command again: it goes on where it stopped."
        )
