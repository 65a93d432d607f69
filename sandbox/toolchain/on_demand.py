"""Tools that only a demonstration, its tests or a benchmark need: built when they are first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.toolchain.cache import Cache, default_root
from sandbox.toolchain.key import key
from sandbox.toolchain.provide import build_missing
from sandbox.toolchain.table import RCLONE_TOOL, VERSITYGW_TOOL

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.toolchain.progress import Progress
    from sandbox.toolchain.table import GoTool


def copier(progress: Progress) -> Path:
    """Return rclone; builds it where the cache lacks it."""
    return _program(RCLONE_TOOL, progress)


def storage(progress: Progress) -> Path:
    """Return versitygw, which speaks S3 before a folder; builds it where the cache lacks it."""
    return _program(VERSITYGW_TOOL, progress)


def _program(tool: GoTool, progress: Progress) -> Path:
    cache = Cache(default_root())
    build_missing((tool,), cache, progress)
    return cache.entry(tool.name, key(tool)) / tool.binaries[0].name
