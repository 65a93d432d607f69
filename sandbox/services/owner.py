"""Starts the watcher beside a test's sandbox, which stops the sandbox with its owner."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import psutil

from sandbox.services import process, supervisor

if TYPE_CHECKING:
    from sandbox.layout import Layout

NAME = "owner-watch"


def watch(layout: Layout, pid: int) -> None:
    """Start a watcher of process `pid` in place of any earlier one."""
    if earlier := supervisor.running(layout, NAME):
        process.end([earlier], grace=1.0)
    command = (
        sys.executable, "-P", "-m", "sandbox.services.owner_watch", str(layout.root), str(pid),
        repr(psutil.Process(pid).create_time()),
    )  # fmt: skip
    process.spawn(NAME, command, {}, supervisor.log_path(layout, NAME), supervisor.record_path(layout, NAME))
