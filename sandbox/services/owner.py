"""A watcher beside a test's sandbox: it stops the sandbox when its owner has ended, however it ended."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from sandbox.services import process, supervisor

if TYPE_CHECKING:
    from sandbox.services.layout import Layout

NAME = "owner-watch"
_PAUSE = 0.3  # seconds


def watch(layout: Layout, pid: int) -> None:
    """Start a watcher of process `pid` in place of any earlier one."""
    if earlier := supervisor.running(layout, NAME):
        process.end([earlier], grace=1.0)
    command = (
        sys.executable, "-P", "-m", "sandbox.services.owner", str(layout.root), str(pid),
        repr(psutil.Process(pid).create_time()),
    )  # fmt: skip
    process.spawn(NAME, command, {}, supervisor.log_path(layout, NAME), supervisor.record_path(layout, NAME))


def main() -> None:
    """Wait for the owner's end, then stop the sandbox."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.services.owner", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("pid", type=int)
    parser.add_argument("started", type=float, help="the owner's start time")
    arguments = parser.parse_args()
    owner = process.ProcessRecord("owner", arguments.pid, arguments.started, (), "")
    while owner.process():
        time.sleep(_PAUSE)
    from sandbox.services.sandbox import stop  # noqa: PLC0415 - the two need each other

    stop(arguments.directory)


if __name__ == "__main__":
    main()
