"""By which flow an answer leaves a gateway, and with which key its pseudonyms are made.

The key is derived once for each epoch, by AWS KMS, and is in the memory of this process alone.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hosts.deidentify import ledger
from hosts.deidentify.epochs import epoch_at
from hosts.deidentify.errors import UnavailableError
from hosts.deidentify.keys import Kms, StandIn, run_key
from hosts.deidentify.schema import flows_of
from hosts.deidentify.stream import treating
from hosts.deidentify.tally import Tally
from hosts.deidentify.treatments import Means
from hosts.gateway.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from hosts.deidentify.flow import Flow
    from hosts.deidentify.keys import Maker
    from hosts.deidentify.stream import Treat
    from hosts.gateway.bundle import Settings
    from hosts.gateway.decision import Question

_LOG = logging.getLogger(__name__)
STAND_IN: Final = "stand-in"
KMS: Final = "kms"
_ONLY_OURS: Final = 0o600


@dataclass(frozen=True)
class Treated:
    """How records leave now: what becomes of each, in which epoch, and what is counted."""

    treat: Treat
    epoch: str
    tally: Tally


class Leaving:
    """The flows of one gateway, and the key of each for the epoch that it is."""

    def __init__(self, settings: Settings, book: Path) -> None:
        """``book`` is the ledger of epochs, made where there is none. Raises BundleError."""
        self._settings, self._book = settings, book
        self._flows = usable(settings)
        self._maker = maker_of(settings.pseudonyms)
        if isinstance(self._maker, StandIn):
            if not all(flow.sandbox for flow in self._flows.values()):
                raise BundleError("a stand-in would make pseudonyms of real people; declare the key 'pseudonyms'")
            _LOG.warning("a stand-in makes the pseudonyms: anybody can compute them")
        self._keys: dict[str, tuple[str, bytes]] = {}
        self._alone = threading.Lock()

    def flow_for(self, rows: Iterable[str], question: Question) -> Flow | None:
        """Return the one flow by which an answer leaves; None where there is none, several, or another's."""
        names = {self._settings.flows[row] for row in rows if row in self._settings.flows}
        flow = self._flows.get(names.pop()) if len(names) == 1 else None
        return flow if flow and is_for(flow, question) else None

    def treated(self, flow: Flow, now: datetime) -> Treated:
        """Return how records leave by a flow at a time. Raises DeidentifyError where there is no key."""
        epoch, tally = epoch_at(flow.epoch or "day", self._settings.gateway, now), Tally()
        with self._alone:
            known, key = self._keys.get(flow.name, ("", b""))
            if known != epoch and flow.has_pseudonyms:
                key = self._key(flow, epoch)
                self._keys[flow.name] = epoch, key  # and the key of the epoch before is forgotten
        return Treated(treating(flow, Means(key), tally), epoch, tally)

    def _key(self, flow: Flow, epoch: str) -> bytes:
        if self._maker is None:
            raise UnavailableError("no key for pseudonyms is declared; declare the key 'pseudonyms'")
        self._book.touch(_ONLY_OURS)
        with ledger.opened(self._book) as book:
            book.use_epoch(flow, epoch, self._settings.gateway)
        return run_key(self._maker, flow.purpose, flow.recipient, epoch)


def is_for(flow: Flow, question: Question) -> bool:
    """Return whether a flow is for what somebody asks: the law judged it for these four."""
    return (flow.data_class, flow.purpose, flow.recipient, flow.country) == (
        question.data_class,
        question.purpose,
        question.employer,
        question.location,
    )


def usable(settings: Settings) -> Mapping[str, Flow]:
    """Return the flows of a bundle's schema by name. Raises BundleError for one that a gateway cannot carry out."""
    flows, problems = flows_of(settings.leaving.encode())
    odd = [
        name for name, flow in flows.items() if flow.groups or flow.has_countries or flow.has_tokens or not flow.epoch
    ]
    if problems or odd or not set(settings.flows.values()) <= flows.keys():
        said = "; ".join(text for _, text in problems) or f"no gateway carries out {', '.join(odd) or 'all of them'}"
        raise BundleError(f"the leaving flows of the bundle are no use ({said}); deploy a bundle that was checked")
    return flows


def maker_of(told: Mapping[str, str]) -> Maker | None:
    """Return who makes a bundle's pseudonyms; None where it says nothing. Raises BundleError."""
    if not told:
        return None
    try:
        given: dict[str, Any] = dict(told)
        kind = given.pop("kind")
        made: Maker = {STAND_IN: StandIn, KMS: Kms}[kind](**given)
    except (KeyError, TypeError) as error:
        raise BundleError(f"the bundle's key for pseudonyms is damaged ({error}); deploy it again") from None
    return made
