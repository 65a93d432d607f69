"""The name of a tool's cache entry: the same sources and flags give the same name in every clone."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.toolchain.table import GoTool

# Raised when a change of the build steps makes another result from the same sources and flags.
RECIPE = 1


def sources(tool: GoTool) -> tuple[Path, ...]:
    """Our files that a build reads: `go.mod`, `go.sum` and the Go sources beside them, sorted by name."""
    return tuple(sorted(path for path in tool.folder.iterdir() if path.suffix in {".mod", ".sum", ".go"}))


def target() -> str:
    """The operating system and processor that the tool runs on, such as `linux-x86_64`."""
    return f"{sys.platform}-{platform.machine()}"


def key(tool: GoTool) -> str:
    """Twenty hex digits over the table's entry, our sources' names and contents, the recipe and the target."""
    entry = {name: value for name, value in asdict(tool).items() if name not in {"folder", "minutes"}}
    digest = hashlib.sha256(json.dumps([RECIPE, target(), entry], sort_keys=True).encode())
    for path in sources(tool):
        content = path.read_bytes()
        digest.update(f"\0{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:20]
