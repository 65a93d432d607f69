"""The gateway's commands, whose authorizer has a de-identifier beside it where its bundle wants one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hosts.gateway import main as gateway
from hosts.gateway.awaited import Beside
from hosts.serving.deidentifier import Deidentifier, handlers
from hosts.serving.leaving import Leaving

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hosts.gateway.awaited import Awaits
    from hosts.gateway.bundle import Settings
    from hosts.gateway.clock import Clock
    from hosts.gateway.record import Record


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 when done, 1 when not ready or not drained, 2 with one message when something is wrong."""
    return gateway.main(arguments, beside)


def beside(settings: Settings, book: Path, awaits: Awaits, record: Record, clock: Clock) -> Beside | None:
    """Return what answers leave through; None where none do. Raises BundleError.

    ``book`` is the ledger of epochs.
    """
    if not settings.flows:
        return None
    leaving = Leaving(settings, book)
    return Beside(leaving, handlers(Deidentifier(settings, leaving, awaits, record, clock)))
