"""What a run of the watch leaves behind: that it looked, when, and what differed; signed by the watch's own key.

It lies in a store of the inspector's, by the day of the run; whoever looks there knows when the watch ran for the last
time. The store's clock counts, not the run's.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway import dsse
from hosts.gateway.signed_terms import moment_of, shown, wrong_moment
from hosts.watch.errors import WatchError
from hosts.watch.starting import RUNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from hosts.watch.differences import Difference

KIND: Final = "application/vnd.enclave.watch-run+json"
LARGEST: Final = dsse.LARGEST
"""Bytes of one."""
MOST: Final = 50
"""Differences that a run names; all were told."""
NAME: Final = "watch"
"""The name under which the watch signs."""


@dataclass(frozen=True)
class Run:
    """One run: its site and host, when it began and ended, in how many seconds the next one is due, what it found.

    ``approved`` is the SHA-256 of the document that it measured by, "" where it had none; ``untold``: alerts that
    nobody took.
    """

    enclave: str
    site: str
    host: str
    began: str
    ended: str
    next: int
    approved: str
    differences: tuple[str, ...]
    found: int
    untold: int

    @property
    def key(self) -> str:
        """Where it lies."""
        return f"{RUNS}/{self.ended[:10]}/{self.host}.json"


def run_of(host: str, began: datetime, found: Sequence[Difference], **more: Any) -> Run:
    """Return a run that ends now; ``more`` are its other fields."""
    named = tuple(each.id for each in found[:MOST])
    return Run(
        host=host, began=shown(began), ended=shown(datetime.now(UTC)), differences=named, found=len(found), **more
    )


def folders(now: datetime) -> tuple[str, ...]:
    """Return where runs of the last day lie."""
    return tuple(f"{RUNS}/{day:%Y-%m-%d}/" for day in (now, now - timedelta(days=1)))


def written(run: Run, key: Ed25519PrivateKey) -> bytes:
    """Return a run in an envelope."""
    envelope = dsse.unsigned(json.dumps(asdict(run), sort_keys=True).encode(), KIND)
    dsse.sign(envelope, NAME, key)
    return dsse.written(envelope)


def opened(data: bytes, public: str) -> Run:
    """Return the run in an envelope that a key (base64) has signed. Raises WatchError."""
    try:
        envelope = dsse.opened(data, KIND)
        key = dsse.public_key(NAME, public)
        said = json.loads(envelope.payload)
        run = Run(**{**said, "differences": tuple(map(str, said["differences"]))})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WatchError(f"it is no run of a watch ({error})") from None
    if set(envelope.signatures) != {NAME} or not dsse.all_fit(envelope, {NAME: key}):
        raise WatchError("its signature does not fit the watch's key")
    if wrong_moment(run.ended) or wrong_moment(run.began):
        raise WatchError("it does not say when it ran")
    return run


def ended(run: Run) -> datetime:
    """Return when a run ended, by its host's clock."""
    return moment_of(run.ended)
