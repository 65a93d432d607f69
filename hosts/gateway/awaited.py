"""Answers that are still to come and must be de-identified: the authorizer says which, and who de-identifies asks.

The authorizer knows no more of that than stands here. An answer is known by the number of the entry that says yes to
its request. It is taken once, or forgotten.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hosts.gateway.bundle import Settings
    from hosts.gateway.clock import Clock
    from hosts.gateway.decision import Question
    from hosts.gateway.record import Record

LONGEST: Final = 60.0
"""Seconds; Envoy has given up long before."""
TICKET: Final = "ticket"
"""What the authorizer's answer says to who de-identifies, past everybody who asks."""


class Flow(Protocol):
    """By what an answer leaves, with a name for the record."""

    @property
    def name(self) -> str:
        """What the declaration calls it."""


class Flows(Protocol):
    """The flows by which answers leave a gateway."""

    def flow_for(self, rows: Iterable[str], question: Question) -> Flow | None:
        """Return the one flow by which an answer leaves that rows of the table permit; None where there is none."""


@dataclass(frozen=True)
class Beside:
    """What answers leave through: its flows, and its service as gRPC takes it."""

    flows: Flows
    handlers: Any


class Maker(Protocol):
    """Makes what answers leave through, for the bundle of a gateway; None where none do."""

    def __call__(self, settings: Settings, book: Path, awaits: Awaits, record: Record, clock: Clock) -> Beside | None:
        """``book`` is a file beside the record. Raises BundleError."""


@dataclass(frozen=True)
class Awaited:
    """An answer that is to come: of which request, and by which `Flow` it leaves."""

    request: str
    flow: Any


class Awaits:
    """All that are awaited; threads may ask at the same time."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._known: dict[str, tuple[float, Awaited]] = {}

    def add(self, ticket: str, awaited: Awaited) -> None:
        """Await an answer."""
        now = time.monotonic()
        with self._alone:
            while self._known and now - next(iter(self._known.values()))[0] > LONGEST:
                del self._known[next(iter(self._known))]  # the oldest stands first
            self._known[ticket] = now, awaited

    def take(self, ticket: str) -> Awaited | None:
        """Return what is awaited under a ticket, once; None where nothing is."""
        with self._alone:
            found = self._known.pop(ticket, None)
        return found[1] if found and time.monotonic() - found[0] <= LONGEST else None
