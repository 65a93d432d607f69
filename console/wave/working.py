"""A pair of stores at work: the engine of `hosts.wave` over them, its journal locked, its errors as the console's."""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from console import terminal
from console.argument_problem import argument_problem
from console.gate.errors import EngineError, RefusedError
from console.recording.waves import damaged
from console.wave.stores import store
from hosts.wave.copier import Copier, CopyError, Limits
from hosts.wave.journal import BusyError, Journal, JournalError
from hosts.wave.wave import JOURNAL, ConflictError, Wave
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.declaration import Declaration
    from components.declaration.model import CopyLimits
    from hosts.wave.progress import Progress
    from hosts.wave.store import Store

EVERY = 5.0
"""Seconds between two lines of progress."""


@contextmanager
def working(
    declaration: Declaration, folder: Path, ends: tuple[Store, Store], limits: CopyLimits, program: Path | None = None
) -> Iterator[Wave]:
    """Yield the engine over two stores; ``folder`` holds its journal, ``program`` is the copier's.

    Raises ProblemsError, RefusedError, EngineError.
    """
    source, target = ends
    with failures(), Journal(folder / JOURNAL) as journal:
        taken = Limits(limits.workers, limits.transfers, limits.bytes_per_second, limits.requests_per_second)
        copier = Copier(program or Path("rclone"), source, target, taken, journal.handle)
        replicas = [each for each in source.replicas() if each != target.bucket]
        others = tuple(store(declaration, source.site, each, None) for each in replicas)
        yield Wave(source, target, copier, journal.file.parent, journal, _Teller(), others)


@contextmanager
def failures() -> Iterator[None]:
    """Tell errors of the engine as the console's. Raises ProblemsError, RefusedError, EngineError."""
    try:
        yield
    except JournalError as error:
        raise damaged(error) from None
    except ConflictError as error:
        raise RefusedError(str(error)) from None
    except (BusyError, CopyError) as error:
        raise EngineError(str(error)) from None
    except (BotoCoreError, ClientError) as error:
        raise EngineError(f"a store does not do what it is asked: {error}") from None


def copier_at(program: Path | None) -> Path:
    """Return the copier that is named, or that is on PATH. Raises ProblemsError."""
    which = shutil.which("rclone" if program is None else str(program.absolute()))
    if which is None:
        message = "there is no rclone on PATH; install it, or name it with --rclone"
        if program is not None:
            message = (
                f"{program} is no program that can be run; name the file of rclone's program, as `which rclone` does"
            )
        raise ProblemsError([argument_problem("--rclone", message)])
    return Path(which)


class _Teller:
    """Says how far it is, once in a while."""

    def __init__(self) -> None:
        self._next = time.monotonic() + EVERY

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            terminal.err(str(progress))
