"""The host's clock, watched: one that is set while the authorizer runs, or that was set back before, opens nothing.

Grants end by this clock, so whoever sets it back makes ended ones count again. The time since the host was started
(`CLOCK_BOOTTIME`) cannot be set, and goes on in a host that sleeps; whatever slows down one clock slows down both.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from hosts.gateway.errors import ClockError

if TYPE_CHECKING:
    from collections.abc import Callable

_LOG = logging.getLogger(__name__)
MOST: Final = 30.0
"""Seconds by which the clock may be corrected, as much as tokens may be too early."""


def _since_boot() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Clock:
    """The time, as long as nobody sets the clock by more than `MOST` seconds; what was seen once stays so."""

    def __init__(self, wall: Callable[[], float] = time.time, since_boot: Callable[[], float] = _since_boot) -> None:
        """``wall`` tells seconds since 1970, ``since_boot`` seconds that nobody can set."""
        self._wall, self._since_boot = wall, since_boot
        self._booted = wall() - since_boot()
        self._jumped = ""

    def now(self) -> datetime:
        """Return the time; once the clock has jumped, as it goes on from before, so that the record is true."""
        jumped = self.jumped()
        return datetime.fromtimestamp(self._booted + self._since_boot() if jumped else self._wall(), UTC)

    def jumped(self) -> str:
        """Return why this clock counts no more until a restart, "" while it does."""
        if not self._jumped:
            # Asked before and after, as a process can be stopped in between.
            least = self._booted + self._since_boot() - MOST
            wall = self._wall()
            most = self._booted + self._since_boot() + MOST
            if not least <= wall <= most:
                self._jumped = (
                    f"the clock of this host was set by {wall - most + MOST:+.0f} s while the authorizer ran, and "
                    f"{MOST:.0f} s are the most; nobody gets in: set the clock right, then restart the authorizer"
                )
                _LOG.critical("%s", self._jumped)
        return self._jumped

    def check_not_behind(self, latest: datetime | None) -> None:
        """Hold that the clock is not behind the latest entry of the record. Raises ClockError."""
        now = self.now()
        if latest is not None and now < latest - timedelta(seconds=MOST):
            raise ClockError(
                f"the clock of this host says {_shown(now)}, and an entry of the record is of {_shown(latest)}: one of "
                "the two is wrong, and ended grants would count again; set the clock right, then start again. If it is "
                "right, keep the record as evidence, tell the inspector, and start with a new one"
            )


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
