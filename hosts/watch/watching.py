"""One look after the other: what is new is told, what is over is told, and what stays is told again now and then."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from hosts.watch.alert import BEGUN, OVER, Alert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from hosts.watch.differences import Difference
    from hosts.watch.routes import Route

_LOG = logging.getLogger(__name__)
AGAIN: Final = timedelta(minutes=5)
"""After this an alert is sent again: an Alertmanager forgets what it hears no more of."""


@dataclass(frozen=True)
class Signer:
    """The watch's own key, and the name under which the inspector knows it."""

    name: str
    key: Ed25519PrivateKey


@dataclass
class Open:
    """A difference that was told; ``told`` is when each route took it for the last time."""

    alert: Alert
    told: dict[str, datetime]


class Teller:
    """Tells the routes; a route that takes nothing gets it at the next look."""

    def __init__(self, enclave: str, routes: Mapping[str, Route], signer: Signer) -> None:
        self._enclave, self._routes, self._signer = enclave, routes, signer
        self._open: dict[str, Open] = {}

    def tell(self, found: Sequence[Difference], now: datetime) -> list[str]:
        """Send what there is to tell, and return what could not be delivered, in words."""
        current = {each.id: each for each in found}
        for id_, difference in current.items():
            known = self._open.get(id_)
            begun = known.alert.begun if known and known.alert.state == BEGUN else now
            same = known is not None and known.alert.state == BEGUN and known.alert.difference == difference
            told = known.told if known and same else {}
            self._open[id_] = Open(Alert(self._enclave, difference, BEGUN, begun, now), told)
        for id_, known in self._open.items():
            if id_ not in current and known.alert.state == BEGUN:
                alert = Alert(self._enclave, known.alert.difference, OVER, known.alert.begun, now)
                self._open[id_] = Open(alert, {})
        problems = list(self._send(now))
        for id_ in [id_ for id_, each in self._open.items() if each.alert.state == OVER and self._all(each)]:
            del self._open[id_]
        return problems

    def _all(self, known: Open) -> bool:
        return set(known.told) == set(self._routes)

    def _send(self, now: datetime) -> Iterable[str]:
        for known in self._open.values():
            due = [name for name in self._routes if name not in known.told or now - known.told[name] >= AGAIN]
            envelope = known.alert.envelope(self._signer.name, self._signer.key) if due else b""
            for name in due:
                try:
                    self._routes[name].send(known.alert, envelope)
                except OSError as error:
                    _LOG.error("an alert was not delivered to %s (%s); trying again", name, error)
                    yield f"{name} did not take an alert: {error}"
                else:
                    known.told[name] = now
