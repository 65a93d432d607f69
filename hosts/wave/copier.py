"""rclone as the copier of many plain objects, and a slower one for what rclone cannot be told: histories, odd names."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hosts.wave.names import copier_takes, folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hosts.wave.store import Store
    from hosts.wave.versions import History

PASSED_ON: Final = ("PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
"""What the copier sees of our environment: settings of somebody's own rclone would change what it does."""
MOST_LISTED: Final = 100
"""Versions that may be listed for each object that is copied: a request lists 1,000 of them."""
_SAID: Final = 300
"""Characters of a message of the copier's that are passed on."""


class CopyError(RuntimeError):
    """The copier failed; the text says at what."""


class StoppedError(CopyError):
    """Somebody stopped the run."""


@dataclass(frozen=True)
class Limits:
    """What a wave may take: workers, objects at once of each, and of all together bytes and requests per second."""

    workers: int = 4
    transfers: int = 8
    bytes_per_second: int | None = None
    requests_per_second: float | None = None


@dataclass(frozen=True)
class Missing:
    """What the target lacks of one key: the source's history, of which it has the oldest ``done`` versions."""

    history: History
    done: int

    @property
    def versions(self) -> int:
        """Return how many versions are missing."""
        return len(self.history.versions) - self.done

    @property
    def bytes(self) -> int:
        """Return how many bytes are missing."""
        return sum(each.size for each in self.history.versions[self.done :])

    def plain(self, target: Store) -> bool:
        """Return whether the copier can do it: one version, and a name that it and the target take."""
        key = self.history.key
        return self.history.single and copier_takes(key) and target.held_as(key) == key


@dataclass(frozen=True)
class Copier:
    """rclone, between two stores. ``inherited`` is a handle that it holds open as long as it lives.

    Once ``stopped`` is set, no worker begins anything more, and what rclone does is given up.
    """

    program: Path
    source: Store
    target: Store
    limits: Limits = Limits()
    inherited: int | None = None
    stopped: threading.Event = field(default_factory=threading.Event, compare=False)

    def go_on(self) -> None:
        """Raise StoppedError where the run was stopped."""
        if self.stopped.is_set():
            raise StoppedError("stopped")

    def copy_plain(self, names: Sequence[str], below: int, on_progress: Callable[[int, int], None]) -> None:
        """Copy objects that the target lacks; ``on_progress`` gets (objects, bytes) so far. Raises CopyError.

        ``below``: how many versions at most lie below the folder of them all.
        """
        within = folder_of(names)
        with tempfile.TemporaryDirectory(prefix="wave-") as folder:
            listed = Path(folder) / "names"
            listed.write_bytes("".join(f"{name.removeprefix(within)}\n" for name in names).encode())
            # Nothing is looked for at the target: what it lacks is known, each look would be a request, and contents
            # are compared by their hashes afterwards.
            asked = ["--files-from-raw", str(listed), "--no-check-dest", "--retries", "1", "--s3-no-head"]
            if below > MOST_LISTED * len(names):
                asked.append("--no-traverse")  # asks for each object alone: dear, but a listing would be dearer
            self.run((*asked, *self._throttled()), on_progress, within)

    def run(self, options: Iterable[str], on_progress: Callable[[int, int], None], within: str = "") -> None:
        """Run `rclone copy` between the two buckets, or folders of them. Raises CopyError."""
        command = [
            str(self.program), "copy", f"source:{self.source.bucket}/{within}", f"target:{self.target.bucket}/{within}",
            "--metadata", "--s3-no-check-bucket", "--transfers", str(self.limits.transfers),
            "--checkers", str(self.limits.transfers), "--use-json-log", "--stats", "1s", "--stats-log-level", "NOTICE",
            *options,
        ]  # fmt: skip
        errors: list[str] = []
        with subprocess.Popen(
            command,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            pass_fds=() if self.inherited is None else (self.inherited,),
        ) as told:
            try:
                for line in told.stderr or ():  # one a second at least
                    _read(line, errors, on_progress)
                    self.go_on()
            except BaseException:
                told.kill()
                raise
        if told.returncode:
            raise CopyError("; ".join(errors[-3:]) or f"rclone ended with {told.returncode}")

    def copy_exactly(self, missing: Missing) -> None:
        """Copy a history's missing versions one after the other, the oldest first, delete markers among them."""
        for version in missing.history.versions[missing.done :]:
            self.go_on()
            if version.marker:
                self.target.mark_deleted(version.key)
            else:
                self.target.write(version.key, self.source.read(version))

    def _throttled(self) -> list[str]:
        """Return the share of the limits that one worker has."""
        limits, options = self.limits, []
        if limits.bytes_per_second:
            options += ["--bwlimit", f"{max(1, limits.bytes_per_second // limits.workers)}B"]
        if limits.requests_per_second:
            options += ["--tpslimit", f"{limits.requests_per_second / limits.workers:g}"]
        return options

    def _environment(self) -> dict[str, str]:
        ours = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        ours["RCLONE_CONFIG"] = os.devnull
        for role, store in (("SOURCE", self.source), ("TARGET", self.target)):
            ours[f"RCLONE_CONFIG_{role}_TYPE"] = "s3"
            ours |= {f"RCLONE_CONFIG_{role}_{name.upper()}": value for name, value in store.copier.items()}
        return ours


def _read(line: str, errors: list[str], on_progress: Callable[[int, int], None]) -> None:
    try:
        told: dict[str, Any] = json.loads(line)
    except ValueError:
        errors.append(line.strip()[:_SAID])
        return
    stats = told.get("stats")
    if isinstance(stats, dict):
        on_progress(stats.get("transfers", 0), stats.get("bytes", 0))
    elif told.get("level") in ("error", "critical"):
        errors.append(str(told.get("msg", ""))[:_SAID])
