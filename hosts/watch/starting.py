"""How the watch of a site starts by itself: its command, how often, and the places where it finds what it needs.

Whoever makes its CronJob reads it here, and whoever judges one: an inspector approves image and start by digest.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.bundle import digest_of
from hosts.gateway.starting import HOST_FILE, RECEIVER, SECRET, TOKEN_FILE, Place, Program

if TYPE_CHECKING:
    from collections.abc import Sequence

WATCH: Final = "watch"
"""What the watch is called: its CronJob, its container, and that which an inspector approves."""
PROGRAM: Final = "enclave-watch"
ACCOUNT: Final = "scheduled-watch"
"""The service account of its pods: it looks where the inspector looks, and the inspector's receiver knows it."""
KEY: Final = Place("watch-key", "/etc/enclave/watch", SECRET)
"""Where the key lies that signs what it tells; the inspector puts the Secret there."""
KEY_FILE: Final = "watch.pem"
APPROVED: Final = "approved"
"""The inspector's folder of what was approved."""
RUNS: Final = "watch"
"""What the keys of its runs begin with in the inspector's store: ``watch/DAY/HOST.json``."""
SETTINGS: Final = "watch.json"


def approved_key(site: str) -> str:
    """Return where the inspector puts the document of what was approved for a site."""
    return f"{APPROVED}/{site}.json"


@dataclass(frozen=True)
class Scheduled:
    """The watch of one site: the receiver (https://HOST/BUCKET), where alerts go, and the minutes between two runs."""

    site: str
    to: str
    alerts: str
    minutes: int

    @property
    def program(self) -> Program:
        """The container that looks once."""
        flags = {
            "from": self.to,
            "token": f"{RECEIVER.path}/{TOKEN_FILE}",
            "host-file": HOST_FILE,
            "site": self.site,
            "alert": self.alerts,
            "key": f"{KEY.path}/{KEY_FILE}",
            "next": str(self.minutes * 60),
        }
        return Program(WATCH, (PROGRAM, *(f"--{flag}={value}" for flag, value in flags.items())), (RECEIVER, KEY))

    @property
    def schedule(self) -> str:
        """When it runs, as cron says it."""
        return "* * * * *" if self.minutes == 1 else f"*/{self.minutes} * * * *"

    @property
    def digest(self) -> str:
        """The digest of how it starts, which an inspector approves together with the image."""
        return start_digest(self.schedule, self.program.command)


def scheduled_by(command: Sequence[Any]) -> Scheduled | None:
    """Return the watch that a command runs; None where it is none, or does not say what a watch must say."""
    words = [word for word in command if isinstance(word, str)]
    said = dict(word.removeprefix("--").split("=", 1) for word in words if "=" in word)
    seconds = said.get("next", "")
    if PROGRAM not in words or not (seconds.isascii() and seconds.isdigit()):
        return None
    return Scheduled(said.get("site", ""), said.get("from", ""), said.get("alert", ""), int(seconds) // 60)


def start_digest(schedule: Any, command: Sequence[Any]) -> str:
    """Return the digest of a schedule and a command, 64 lower-case hex digits."""
    said = {"command": [str(word) for word in command], "schedule": str(schedule)}
    return digest_of({SETTINGS: json.dumps(said, sort_keys=True)})


def minutes_of(schedule: Any) -> int | None:
    """Return how many minutes lie between two runs of a schedule in the form above; None: nobody can tell."""
    if schedule == "* * * * *":
        return 1
    first, _, rest = str(schedule).partition(" ")
    number = first.removeprefix("*/")
    if rest != "* * * *" or number == first or not number.isascii() or not number.isdigit():
        return None
    return int(number) if int(number) and 60 % int(number) == 0 else None
