"""Ships the record to the inspector's bucket: what a checkpoint covers, in pieces that are written once.

Pieces are named by the lines they hold: ``PREFIX/lines/FIRST-LAST.jsonl``, 20 digits each, so that their names sort as
their lines. ``PREFIX/checkpoint`` is the latest checkpoint; it is written again while nothing happens, so the store's
own clock shows whether shipping goes on. The shipper needs to write only; a file beside the record tells how far it is.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Protocol

from hosts.gateway.checkpoints import last_head
from hosts.gateway.errors import GatewayError

if TYPE_CHECKING:
    from pathlib import Path

_LOG = logging.getLogger(__name__)
HOST: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,62}")
RECORDS: Final = "records"
"""Below it the inspector's bucket holds a folder for each gateway, with one for each of its hosts."""
LINES: Final = "lines"
CHECKPOINT: Final = "checkpoint"
MOST: Final = 5_000
"""Lines of one piece: some megabytes."""
EVERY: Final = 15.0
"""Seconds between two looks at the checkpoint."""
STILL: Final = 4
"""Looks without news after which the checkpoint is written again: once a minute."""


def prefix_of(gateway: str, host: str) -> str:
    """Return where a host's record goes. Raises GatewayError for a name that no host has."""
    if not HOST.fullmatch(host):
        raise GatewayError(f"'{host[:80]}' is no name of a host; let the file hold it alone, such as i-0a1b2c3d")
    return f"{RECORDS}/{gateway}/{host}"


class Store(Protocol):
    """Where the copy is kept."""

    def put(self, key: str, data: bytes) -> None:
        """Write an object. Raises OSError where it was not taken."""


@dataclass(frozen=True)
class Shipped:
    """How far shipping came: whole lines, and the bytes that they take."""

    lines: int = 0
    bytes: int = 0


class Shipper:
    """Ships one host's record; ``origin`` is that of its checkpoints, ``prefix`` is this host's own in the store."""

    def __init__(  # noqa: PLR0917  what it reads, what it is, and where that goes
        self, record: Path, checkpoint: Path, origin: str, store: Store, prefix: str, note: Path | None = None
    ) -> None:
        """``note`` tells how far it is; None: beside the record."""
        self._record, self._checkpoint, self._origin = record, checkpoint, origin
        self._store, self._prefix = store, prefix
        self._note = note or record.with_name(f"{record.name}.shipped")
        self._still = STILL
        self.delivered = False
        """Whether the store has taken a checkpoint since this began."""

    def ship(self) -> int:
        """Ship what is new, and return how many lines. Raises OSError, or GatewayError for files that do not fit."""
        if not self._checkpoint.exists():
            return 0
        note = self._checkpoint.read_bytes()
        head = last_head(self._checkpoint, self._origin)
        at = began = self._shipped()
        if head.size < at.lines:
            raise GatewayError(
                f"the checkpoint {self._checkpoint} covers {head.size} lines, and {at.lines} were shipped: "
                "the record was cut or replaced; keep it as evidence, and tell the inspector"
            )
        with self._record.open("rb") as record:
            record.seek(at.bytes)
            while at.lines < head.size:
                lines = list(islice(record, min(MOST, head.size - at.lines)))
                if not lines or not lines[-1].endswith(b"\n"):
                    raise GatewayError(
                        f"the record {self._record} ends before line {head.size}, which its checkpoint covers: "
                        "it was cut; keep it as evidence, and tell the inspector"
                    )
                last = at.lines + len(lines)
                data = b"".join(lines)
                self._store.put(f"{self._prefix}/{LINES}/{at.lines:020}-{last - 1:020}.jsonl", data)
                at = Shipped(last, at.bytes + len(data))
                self._keep(at)
        self._still += 1
        if at != began or self._still >= STILL:
            self._store.put(f"{self._prefix}/{CHECKPOINT}", note)
            self._still, self.delivered = 0, True
        return at.lines - began.lines

    def tried(self) -> None:
        """Ship what is new; what fails is told, and tried again the next time."""
        try:
            self.ship()
        except (OSError, GatewayError) as error:
            _LOG.error("the record was not shipped (%s); trying again in %s s", error, EVERY)

    def _shipped(self) -> Shipped:
        try:
            said: dict[str, Any] = json.loads(self._note.read_bytes()) if self._note.exists() else {}
            return Shipped(**{name: int(value) for name, value in said.items()})
        except (ValueError, TypeError, AttributeError):
            # Shipped again from the first line: the same names with the same content.
            _LOG.warning("%s is damaged; the record is shipped again from its begin", self._note)
            return Shipped()

    def _keep(self, at: Shipped) -> None:
        draft = self._note.with_name(f".{self._note.name}.draft")
        draft.write_text(json.dumps({"lines": at.lines, "bytes": at.bytes}), encoding="ascii")
        draft.replace(self._note)
