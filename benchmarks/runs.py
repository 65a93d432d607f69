"""Runs whose time counts only when they did what they should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.errors import NotMeasuredError
from console.gate.packs import promises
from console.gate.verdict import decide
from sandbox.toolchain.process import run_logged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from console.gate.engine import Engine
    from console.gate.record import RunRecord


def preview(engine: Engine) -> RunRecord:
    """Plan a stack; with packs attached the gate's verdict must be green, or it was another run than the peer's."""
    record = engine.preview(quiet=True)
    reasons = list(decide(record, promises(engine.packs)).reasons) if engine.packs else []
    if record.exit_code or not record.complete or reasons:
        said = "; ".join([*reasons, *record.errors]) or f"exit code {record.exit_code}"
        raise NotMeasuredError(f"the preview of '{engine.stack}' did not go through: {said}")
    return record


def planned(engine: Engine, count: int) -> RunRecord:
    """Plan a program of ``count`` new resources."""
    record = preview(engine)
    creations = sum(step == "create" for step in record.steps.values())
    if creations < count:
        raise NotMeasuredError(f"the program of {count} resources planned only {creations} creations")
    return record


def unchanged(engine: Engine) -> RunRecord:
    """Plan a stack that is up; it must find nothing to change, hence do the same work each time."""
    record = preview(engine)
    if not record.unchanged:
        changes = ", ".join(f"{count} {step}" for step, count in record.changes.items()) or "other outputs"
        raise NotMeasuredError(f"'{engine.stack}' is up, but its preview plans changes: {changes}")
    return record


def command(words: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path) -> None:
    """Run a command that must succeed."""
    result = run_logged(words, log, folder=folder, environment=environment)
    if result.code:
        tail = "\n".join(f"    {line}" for line in result.tail)
        raise NotMeasuredError(f"`{' '.join(words)}` failed (exit code {result.code}); its last lines:\n{tail}")
