"""How the watch of a site in AWS starts: as a function that a schedule calls, with what it is told each time.

Whoever makes the function and its schedules reads it here, and the function itself.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from hosts.watch.errors import WatchError

if TYPE_CHECKING:
    from collections.abc import Mapping

ENTRY: Final = ("/opt/gateway/bin/python", "-m", "hosts.watch.by_schedule")
"""What the image runs; it is the image of the gateways, which has the watch in it."""
BUCKET: Final = "ENCLAVE_WATCH_BUCKET"
ALERTS: Final = "ENCLAVE_WATCH_ALERTS"
KEY: Final = "ENCLAVE_WATCH_KEY"
"""The variable that names the secret of Secrets Manager in which the key that signs lies, in PEM."""


@dataclass(frozen=True)
class Call:
    """What a schedule tells the function: the site, its region, the role to become there, by which external id.

    ``next``: the seconds until the next call.
    """

    site: str
    region: str
    role: str
    external_id: str
    next: int

    @property
    def text(self) -> str:
        """The input of the schedule."""
        return json.dumps(asdict(self), sort_keys=True)


@dataclass(frozen=True)
class Surroundings:
    """What the function finds in its environment: the inspector's bucket, the address of alerts, the key's secret."""

    bucket: str
    alerts: str
    secret: str

    @property
    def variables(self) -> dict[str, str]:
        """The same as variables of a program."""
        return {BUCKET: self.bucket, ALERTS: self.alerts, KEY: self.secret}


def folder_of(site: str) -> str:
    """Return what the keys of a site's document and runs begin with in the inspector's bucket."""
    return f"{site}/"


def surroundings_in(variables: Mapping[str, str]) -> Surroundings:
    """Return what a program's variables say. Raises WatchError."""
    lacking = [name for name in (BUCKET, ALERTS, KEY) if not variables.get(name)]
    if lacking:
        raise WatchError(f"{', '.join(lacking)} is not set; the function's own variables say it")
    return Surroundings(variables[BUCKET], variables[ALERTS], variables[KEY])


def call_in(event: Any) -> Call:
    """Return what an event says. Raises WatchError."""
    try:
        call = Call(**event)
    except TypeError:
        raise WatchError("the schedule does not say site, region, role, external_id and next, or says more") from None
    texts = (call.site, call.region, call.role, call.external_id)
    if not all(isinstance(text, str) and text for text in texts) or not isinstance(call.next, int) or call.next <= 0:
        raise WatchError("the schedule's site, region, role and external_id are texts, and next is a number of seconds")
    return call
