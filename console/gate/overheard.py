"""Passes on what a process says to standard error, and keeps its errors: some the engine tells in no other place."""

from __future__ import annotations

import re
import subprocess
import threading
from typing import TYPE_CHECKING, Final

from console import terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import IO

ERROR: Final = "error: "
COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
MOST: Final = 20
"""Errors that are kept."""


class GaveUpError(Exception):
    """The process was not done in time, and was ended."""


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    quiet: bool,
    patience: float | None,
) -> tuple[int, tuple[str, ...]]:
    """Run a command; return its exit code, and the errors that it told on standard error.

    Its output goes to our standard error, nowhere where ``quiet``. Raises GaveUpError after ``patience`` seconds.
    """
    shown = terminal.errors_go_to()
    errors: list[str] = []
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if quiet else shown,
        stderr=subprocess.PIPE,
    )
    listening = threading.Thread(target=_listen, args=(process.stderr, errors), daemon=True)
    listening.start()
    try:
        code = process.wait(patience)
    except BaseException as error:  # Ctrl-C too: as subprocess.run does
        process.kill()
        process.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            raise GaveUpError from None
        raise
    listening.join(1.0)  # a plugin that outlives the engine keeps its end open, and nobody waits for it
    return code, tuple(errors[:MOST])


def _listen(stream: IO[bytes], errors: list[str]) -> None:
    with stream:
        for line in stream:
            terminal.pass_on(line)
            text = COLOURS.sub("", line.decode("utf-8", "replace")).strip()
            if text.startswith(ERROR):
                errors.append(text.removeprefix(ERROR))
