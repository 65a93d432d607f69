"""One look at every site: gateways and rules where they run, and the record where it was delivered."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hosts.watch import cloud, cluster
from hosts.watch.approved import KUBERNETES
from hosts.watch.cloud import Account
from hosts.watch.errors import WatchError
from hosts.watch.log_copy import delivered, last_run
from hosts.watch.seen import SeenSite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hosts.watch.approved import Approved, Gateway, Site
    from hosts.watch.cluster import Cluster
    from hosts.watch.delivered import Known


@dataclass
class Look:
    """Looks again and again; what is verified of the records stays known.

    ``cluster_of`` returns a site's cluster, ``account`` asks AWS.
    """

    approved: Approved
    cluster_of: Callable[[str], Cluster]
    account: Account = field(default_factory=Account)
    known: dict[tuple[str, str, str], Known] = field(default_factory=dict)

    def once(self) -> list[SeenSite]:
        """Return what is seen of each site; what cannot be read is named in it."""
        return [self._with_run(site, self._with_record(site, self._site(site))) for site in self.approved.sites]

    def _site(self, site: Site) -> SeenSite:
        if site.kind == KUBERNETES:
            try:
                return cluster.seen(site, self.cluster_of(site.name))
            except WatchError:
                return SeenSite(site.name, unread=("gateways", "rules"))
        return cloud.seen(site, self.approved.of(site.name), self.account)

    def _with_record(self, site: Site, seen: SeenSite) -> SeenSite:
        if not site.record_bucket:
            return seen
        try:
            found = tuple(delivered(site, dict(_keys(self.approved.of(site.name))), self.known))
        except WatchError:
            return replace(seen, unread=(*seen.unread, "record"))
        return replace(seen, delivered=found)

    def _with_run(self, site: Site, seen: SeenSite) -> SeenSite:
        if not site.watch_seconds:
            return seen
        try:
            return replace(seen, last_run=last_run(site, datetime.now(UTC)))
        except WatchError:
            return replace(seen, unread=(*seen.unread, "watch"))


def _keys(gateways: Iterable[Gateway]) -> Iterable[tuple[str, Ed25519PublicKey]]:
    """Yield the public key of each gateway that has one; a damaged one counts as none, which the record then shows."""
    for gateway in gateways:
        try:
            raw = base64.b64decode(gateway.record_key, validate=True)
            yield gateway.gateway, Ed25519PublicKey.from_public_bytes(raw)
        except (ValueError, binascii.Error):
            continue
