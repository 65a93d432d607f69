"""One run of the watch by itself: what it measures by comes from the inspector's receiver, which then hears of the run.

The record's copy lies at the receiver, where the inspector looks at it: a run sees nothing of it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from hosts.gateway.errors import GatewayError
from hosts.gateway.receiver import Receiver
from hosts.watch.approved import approved_in
from hosts.watch.differences import NOTHING, Difference, Limits, differences
from hosts.watch.errors import WatchError
from hosts.watch.heartbeat import NAME, run_of, written
from hosts.watch.looking import Look
from hosts.watch.routes import route_of
from hosts.watch.watching import Signer, Teller

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from hosts.watch.approved import Approved
    from hosts.watch.cluster import Cluster

ROLE: Final = "arn:aws:iam:::role/enclave-scheduled-watch"
"""The role that it asks the receiver for: to read what was approved and add runs, and nothing else."""
APPROVED: Final = "approved"
LARGEST: Final = 16 << 20
"""Bytes of the document of what was approved."""
MARGIN: Final = timedelta(minutes=5)
"""How long an alert lasts beyond two runs."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """What a run is told: the receiver and its token, the site, the address of alerts, seconds until the next run."""

    to: str
    token: Path
    host: str
    site: str
    alert: str
    key: Ed25519PrivateKey
    next: int


def approved_key(site: str) -> str:
    """Return where the inspector puts the document of a site."""
    return f"{APPROVED}/{site}.json"


def ran(order: Order, cluster: Cluster) -> tuple[list[Difference], bool]:
    """Look once, tell, leave a run; return what differs, and whether both were heard. Raises WatchError."""
    began = datetime.now(UTC)
    try:
        receiver = Receiver(order.to, order.token, order.host, ROLE)
    except GatewayError as error:
        raise WatchError(str(error)) from None
    approved, digest = _measure(order, receiver)
    if approved is None:
        found = [Difference(order.site, "", "site-unread", approved_key(order.site), "what was approved", NOTHING)]
    else:
        found = differences(approved, Look(approved, lambda _site: cluster).once(), Limits(began, MARGIN))
    enclave = approved.enclave if approved else ""
    lasts = timedelta(seconds=2 * order.next) + MARGIN
    teller = Teller(enclave, {order.alert: route_of(order.alert, lasts)}, Signer(NAME, order.key))
    untold = len(teller.tell(found, began))
    more = {"enclave": enclave, "site": order.site, "next": order.next, "approved": digest, "untold": untold}
    run = run_of(order.host, began, found, **more)
    try:
        receiver.put(run.key, written(run, order.key))
    except OSError as error:
        _LOG.error("the receiver did not take this run: %s", error)
        return found, False
    return found, not untold


def _measure(order: Order, receiver: Receiver) -> tuple[Approved | None, str]:
    """Return what was approved of the site, and the document's digest; None where there is none that can be read."""
    try:
        data = receiver.get(approved_key(order.site), LARGEST)
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
