"""`python -m sandbox.services start|stop|status --dir D`: the sandbox's processes from a command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sandbox.environment import DEFAULT_DIRECTORY
from sandbox.services.errors import NotASandboxError, SandboxError
from sandbox.services.sandbox import start, stop
from sandbox.services.status import RUNNING, status
from sandbox.toolchain import ToolchainError, ensure


def main() -> int:
    """Exit 0 when all is as asked, 1 when a service fails or (for `status`) does not run, 2 for somebody's folder."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.services", description=__doc__)
    parser.add_argument("action", choices=("start", "stop", "status"))
    parser.add_argument("--dir", type=Path, default=DEFAULT_DIRECTORY, help="the sandbox directory")
    parser.add_argument("--owner", type=int, help="with start: a process id; the sandbox ends with that process")
    arguments = parser.parse_args()
    try:
        if arguments.action == "start":
            start(arguments.dir, ensure(), owner_pid=arguments.owner)
        elif arguments.action == "stop":
            stop(arguments.dir)
            return 0
    except NotASandboxError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (SandboxError, ToolchainError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    services = status(arguments.dir)
    for service in services:
        port = f"127.0.0.1:{service.port}" if service.port else "-"
        sys.stdout.write(f"{service.name:<24} {service.state:<14} {port:<16} {service.log}\n")
    return 0 if all(service.state == RUNNING for service in services) else 1


if __name__ == "__main__":
    sys.exit(main())
