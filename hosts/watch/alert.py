"""A difference as an alert: signed by the watch's own key, so that whoever gets it knows who says so."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from hosts.gateway import dsse
from hosts.watch.differences import KINDS

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from hosts.watch.differences import Difference

KIND: Final = "application/vnd.enclave.watch+json"
OVER: Final = "over"
BEGUN: Final = "begun"


@dataclass(frozen=True)
class Alert:
    """``state`` is begun or over; ``begun`` and ``seen`` are when it was seen for the first and for the last time."""

    enclave: str
    difference: Difference
    state: str
    begun: datetime
    seen: datetime

    @property
    def title(self) -> str:
        """One line for a person."""
        at = self.difference
        where = f"{at.gateway} on {at.site}" if at.gateway else at.site
        end = " (over)" if self.state == OVER else ""
        return f"{self.enclave}: {where}: {KINDS[at.kind]}{end}"

    def envelope(self, name: str, key: Ed25519PrivateKey) -> bytes:
        """Return the alert in a DSSE envelope; ``name`` is that of the key."""
        said = {
            "enclave": self.enclave,
            "id": self.difference.id,
            "state": self.state,
            "begun": self.begun.isoformat(timespec="seconds"),
            "seen": self.seen.isoformat(timespec="seconds"),
            "title": self.title,
            **asdict(self.difference),
        }
        made = dsse.unsigned(json.dumps(said, sort_keys=True, ensure_ascii=False).encode(), KIND)
        dsse.sign(made, name, key)
        return dsse.written(made)
