"""One run of the watch by itself: what it measures by comes from a store of the inspector's, which hears of the run.

The record's copy is looked at by the inspector itself, elsewhere: a run sees nothing of it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Protocol

from hosts.gateway.errors import GatewayError
from hosts.gateway.receiver import Receiver
from hosts.watch.approved import approved_in
from hosts.watch.differences import NOTHING, Difference, Limits, differences
from hosts.watch.errors import WatchError
from hosts.watch.heartbeat import NAME, run_of, written
from hosts.watch.routes import route_of
from hosts.watch.starting import approved_key
from hosts.watch.watching import Signer, Teller

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from hosts.watch.approved import Approved
    from hosts.watch.looking import Look

ROLE: Final = "arn:aws:iam:::role/enclave-scheduled-watch"
"""The role that a cluster's watch asks the receiver for: to read what was approved and add runs, and nothing else."""
LARGEST: Final = 16 << 20
"""Bytes of the document of what was approved."""
MARGIN: Final = timedelta(minutes=5)
"""How long an alert lasts beyond two runs."""
_LOG = logging.getLogger(__name__)


class Store(Protocol):
    """The inspector's store: it has what was approved, and takes runs."""

    def get(self, key: str, largest: int) -> bytes:
        """Return an object, ``largest`` bytes of it at most and one more. Raises OSError."""

    def put(self, key: str, data: bytes) -> None:
        """Write an object. Raises OSError."""


@dataclass(frozen=True)
class Order:
    """What a run is told: its own name, the site, the address of alerts, its key, seconds until the next run."""

    host: str
    site: str
    alert: str
    key: Ed25519PrivateKey
    next: int


def receiver(url: str, token: Path, host: str) -> Receiver:
    """Return the store of a cluster's watch, which a token opens. Raises WatchError."""
    try:
        return Receiver(url, token, host, ROLE)
    except GatewayError as error:
        raise WatchError(str(error)) from None


def ran(order: Order, store: Store, look_at: Callable[[Approved], Look]) -> tuple[list[Difference], bool]:
    """Look once, tell, leave a run; return what differs, and whether both were heard. Raises WatchError."""
    began = datetime.now(UTC)
    approved, digest = _measure(order, store)
    if approved is None:
        found = [Difference(order.site, "", "site-unread", approved_key(order.site), "what was approved", NOTHING)]
    else:
        found = differences(approved, look_at(approved).once(), Limits(began, MARGIN))
    enclave = approved.enclave if approved else ""
    lasts = timedelta(seconds=2 * order.next) + MARGIN
    teller = Teller(enclave, {order.alert: route_of(order.alert, lasts)}, Signer(NAME, order.key))
    untold = len(teller.tell(found, began))
    more = {"enclave": enclave, "site": order.site, "next": order.next, "approved": digest, "untold": untold}
    run = run_of(order.host, began, found, **more)
    try:
        store.put(run.key, written(run, order.key))
    except OSError as error:
        _LOG.error("the inspector's store did not take this run: %s", error)
        return found, False
    return found, not untold


def _measure(order: Order, store: Store) -> tuple[Approved | None, str]:
    """Return what was approved of the site, and the document's digest; None where there is none that can be read."""
    try:
        data = store.get(approved_key(order.site), LARGEST)
        approved = approved_in(data.decode())
    except (OSError, UnicodeDecodeError, WatchError) as error:
        _LOG.error("there is nothing to measure by: %s", error)
        return None, ""
    sites = tuple(
        replace(each, record_bucket="", watch_seconds=0) for each in approved.sites if each.name == order.site
    )
    if not sites:
        return None, ""
    return replace(approved, sites=sites, gateways=approved.of(order.site)), sha256(data).hexdigest()
