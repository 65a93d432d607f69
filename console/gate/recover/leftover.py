"""Processes of a run whose `enclave` was killed: an engine that goes on, plugins that finish their work."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from console.gate.run_mark import RUN, RunMark

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Leftover:
    """A process of a run of the same stack; ``watched``: the `enclave` that began the run is still there."""

    process: psutil.Process
    mark: RunMark
    watched: bool

    def __str__(self) -> str:
        """Return the process in words."""
        try:
            return f"{self.process.name()} (process {self.process.pid})"
        except psutil.Error:
            return f"process {self.process.pid}"


def leftovers(run: RunMark) -> tuple[Leftover, ...]:
    """Return the processes of other runs of the stack that are still at work."""
    found = ((process, _mark(process)) for process in psutil.process_iter())
    return tuple(
        Leftover(process, mark, _is_there(mark))
        for process, mark in found
        if mark is not None and mark.stack == run.stack and mark != run
    )


def _mark(process: psutil.Process) -> RunMark | None:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return RunMark.read(process.environ().get(RUN, ""))
    except psutil.Error:
        return None


def _is_there(mark: RunMark) -> bool:
    try:
        process = psutil.Process(mark.pid)
        return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - mark.began) < 1
    except psutil.Error:
        return False


def end(left: Sequence[Leftover], patience: float) -> None:
    """Let processes finish for some seconds; then interrupt them, ask them to end, and at last end them."""
    processes = [each.process for each in left]
    for how in (None, signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        for each in processes:
            if how is None:
                break
            try:
                each.send_signal(how)
            except psutil.Error:
                continue
        _, processes = psutil.wait_procs(processes, timeout=patience)
        if not processes:
            return
