"""Waves whose last day has passed and whose source nobody has shown to be empty, by the last look and signature."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from console.objections import Objection
from console.recording.waves import EMPTY, folder_of
from evidence.bundle.statement import KIND
from hosts.gateway import dsse
from hosts.wave.journal import lines
from hosts.wave.state import state_of
from hosts.wave.wave import JOURNAL
from located_yaml import ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from components.declaration import Declaration
    from components.declaration.model import Wave


def overdue(stack: str, declaration: Declaration, day: date) -> Iterator[Objection]:
    """Yield each wave that had to be over before ``day`` and is not proved to be; no store is asked."""
    for name, wave in declaration.waves.items():
        if wave.delete_by >= day:
            continue
        for why in _why(stack, name, wave):
            message = (
                f"wave '{name}': '{wave.from_}' had to be empty by {wave.delete_by}, and {why}; to do: "
                f"`enclave wave purge {stack} {name}`, and `enclave wave status {stack} {name}`"
            )
            yield Objection(("waves", name, "delete_by"), message, None)


def _why(stack: str, name: str, wave: Wave) -> Iterator[str]:
    if not wave.buckets:
        yield "it names no bucket, so nobody can have shown it"
    for bucket in wave.buckets:
        if problem := _left_in(folder_of(stack, name) / bucket):
            yield f"of the bucket {bucket} {problem}"


def _left_in(folder: Path) -> str | None:
    """Return why a bucket is not proved to be empty, None where it is."""
    state = state_of(lines(folder / JOURNAL))
    if state.empty is None:
        return "there is no signed statement that it is"
    if state.left:
        return f"the last listing showed {state.left:,} versions, markers or uploads"
    try:
        envelope = dsse.opened(read_bytes(folder / EMPTY, str(folder / EMPTY)), KIND)
    except (dsse.EnvelopeError, ProblemsError) as error:
        return f"the signed statement cannot be read ({error})"
    if hashlib.sha256(envelope.payload).hexdigest() != state.empty:
        return "the signed statement is another than the one that the journal tells of"
    return None
