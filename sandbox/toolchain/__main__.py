"""`python -m sandbox.toolchain`: have every tool ready; with `--doctor`, say what is there and what is wrong."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from sandbox.toolchain import Progress, ToolchainError, ensure, report, softhsm
from sandbox.toolchain.cache import Cache, default_root
from sandbox.toolchain.doctor import lines

if TYPE_CHECKING:
    from types import FrameType


def main() -> int:
    """Exit 0 when every tool is ready (or none has a problem), 1 for problems found, 2 when one cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.toolchain", description=__doc__)
    parser.add_argument("--doctor", action="store_true", help="print each tool's version, origin and problem")
    parser.add_argument("--prune", action="store_true", help="remove what only a new build needs; tools stay")
    arguments = parser.parse_args()
    if arguments.doctor:
        return _doctor()
    if arguments.prune:
        return _prune()
    signal.signal(signal.SIGTERM, _stop)
    try:
        with Progress() as progress:
            toolchain = ensure(progress)
            hsm = softhsm.obtain(Cache(default_root()), progress)
    except ToolchainError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("Stopped; the same command goes on where this one was.\n")
        return 130
    for note in (*toolchain.notes, *filter(None, (hsm,))):
        sys.stderr.write(f"note: {note}\n")
    return 0


def _doctor() -> int:
    rows = report()
    sys.stdout.writelines(f"{line}\n" for line in lines(rows))
    return 1 if any(row.problem for row in rows) else 0


def _prune() -> int:
    if Cache(default_root()).prune():
        return 0
    sys.stderr.write("a set-up is building tools right now; run the same command again when it is done\n")
    return 1


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
