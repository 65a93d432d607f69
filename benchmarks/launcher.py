"""`python -I -S launcher.py RESULT OUTPUT COMMAND…`: run one command, and write its seconds and its peak memory.

A process of its own, and a small one: the peak that Linux reports for a child begins at its parent's size. RESULT gets
the exit code, the wall-clock seconds and the peak resident set in KiB; OUTPUT gets standard output and error.
"""

import os
import sys
import time


def main(result: str, output: str, command: list[str]) -> None:
    """Run the command to its end."""
    handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, handle, 1)]
    errors = os.open(f"{output}.errors", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    actions.append((os.POSIX_SPAWN_DUP2, errors, 2))
    began = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - began
    code = os.waitstatus_to_exitcode(status)
    text = f"{code} {seconds!r} {usage.ru_maxrss}\n".encode()
    with open(result, "wb") as file:  # noqa: PTH123 (pathlib alone would double this process)
        file.write(text)


main(sys.argv[1], sys.argv[2], sys.argv[3:])
