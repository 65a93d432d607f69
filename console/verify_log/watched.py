"""When the watch that runs by itself looked for the last time, by the runs that somebody kept from the receiver."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.verify_log.given import InputError, public_key
from hosts.watch.differences import late_after
from hosts.watch.errors import WatchError
from hosts.watch.heartbeat import LARGEST, ended, opened
from located_yaml import ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from hosts.watch.heartbeat import Run


@dataclass(frozen=True)
class LastWatch:
    """The newest run of those that were given, in which file it stands, and whether the next one is late."""

    file: str
    run: Run
    late: bool

    @property
    def told(self) -> str:
        """When it was, in words."""
        return (
            f"the watch of {self.run.site} looked for the last time at {self.run.ended}: {self.run.found} differences"
        )

    @property
    def problem(self) -> str:
        """What is wrong where it is late."""
        return f"{self.told}; it looks every {self.run.next} s, so it is late: ask who stopped it"


def last_watch(files: Sequence[Path], key: Path, now: datetime) -> LastWatch:
    """Return the newest run. Raises InputError where a file holds none, or the key has not signed it."""
    public = base64.b64encode(public_key(key).public_bytes_raw()).decode()
    runs = [(str(file), _run(file, public)) for file in files]
    file, run = max(runs, key=lambda pair: pair[1].ended)
    return LastWatch(file, run, now - ended(run) > late_after(run.next))


def _run(file: Path, public: str) -> Run:
    try:
        return opened(read_bytes(file, str(file), LARGEST), public)
    except ProblemsError as error:
        raise InputError(f"{file}: {error.problems[0].message}") from None
    except WatchError as error:
        raise InputError(f"{file}: {error}") from None
