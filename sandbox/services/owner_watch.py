"""A process beside a test's sandbox: it stops the sandbox when its owner has ended, however it ended."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from sandbox.services import process
from sandbox.services.sandbox import stop

_PAUSE = 0.3  # seconds


def main() -> None:
    """Wait for the owner's end, then stop the sandbox."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.services.owner_watch", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("pid", type=int)
    parser.add_argument("started", type=float, help="the owner's start time")
    arguments = parser.parse_args()
    owner = process.ProcessRecord("owner", arguments.pid, arguments.started, (), "")
    while owner.process():
        time.sleep(_PAUSE)
    stop(arguments.directory)


if __name__ == "__main__":
    main()
