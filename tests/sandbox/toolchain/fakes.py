"""Small stand-ins for Go and Pulumi: scripts that answer as the real ones do, in milliseconds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sandbox.toolchain.go import Go
from sandbox.toolchain.table import Binary, GoTool

if TYPE_CHECKING:
    from pathlib import Path

GO_VERSION = "go1.26.8"

_GO = """#!{python}
import os, pathlib, sys, time
arguments = sys.argv[1:]
here = pathlib.Path(__file__).parent
if arguments[:1] == ["env"]:
    print("{version}")
elif arguments[:1] == ["list"]:
    print("runtime\\ngreeter")
elif arguments[:1] == ["build"]:
    with (here / "builds").open("a") as builds:
        builds.write(f"{{os.getpid()}}\\n")
    target = pathlib.Path(arguments[arguments.index("-o") + 1]) / "greeter"
    print("greeter", flush=True)
    if (here / "fail").exists():
        sys.exit((here / "fail").read_text())
    target.write_text("half")
    while (here / "hang").exists():
        time.sleep(0.02)
    target.write_text("#!/bin/sh\\necho hello\\n")
    target.chmod(0o755)
"""


def script(path: Path, text: str) -> Path:
    """Write an executable script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def fake_go(folder: Path, version: str = GO_VERSION) -> Go:
    """A `go` that builds `greeter`, keeps count in `builds`, hangs while `hang` exists and fails if `fail` does."""
    return Go(script(folder / "go", _GO.format(python=sys.executable, version=version)), version, "a stand-in")


def builds(folder: Path) -> int:
    """How often the fake `go` in `folder` was asked to build."""
    log = folder / "builds"
    return len(log.read_text().splitlines()) if log.exists() else 0


def greeter(folder: Path, package: str = ".") -> GoTool:
    """A Go tool of five lines, without dependencies."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "go.mod").write_text("module enclave.local/greeter\n\ngo 1.26\n")
    (folder / "go.sum").write_text("")
    (folder / "main.go").write_text('package main\n\nfunc main() {\n\tprint("hello")\n}\n')
    return GoTool("greeter", folder, "v1", (Binary("greeter", package),), minutes=0.1)


def fake_pulumi(folder: Path, version: str) -> Path:
    """A `pulumi` that knows its version and nothing else."""
    return script(folder / "pulumi", f"#!/bin/sh\necho {version}\n")
