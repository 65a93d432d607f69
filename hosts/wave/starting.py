"""How workers of a wave start on the site that they fill: their settings, their exact command, the places they see.

Whoever makes their Job reads it here, and whoever judges it. The settings lie in a ConfigMap, and the command insists
on their digest. A worker does the part whose number the cluster gives it (``JOB_COMPLETION_INDEX``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.bundle import digest_of
from hosts.gateway.starting import CONFIG_MAP, MEMORY, SECRET, Place, Program

if TYPE_CHECKING:
    from collections.abc import Mapping

WAVE: Final = "wave"
"""What workers' pods are called by their label ``app.kubernetes.io/name``, and their container."""
LABEL: Final = "enclave/wave"
"""The label that says of which wave something is."""
PROGRAM: Final = "enclave-wave"
INDEX: Final = "JOB_COMPLETION_INDEX"
"""Where a pod of an Indexed Job finds its number (Kubernetes, "Job", completion mode)."""
SETTINGS_FILE: Final = "settings.json"
CREDENTIALS_FILE: Final = "config"
"""An AWS configuration file with a profile for each of the two sites: region and keys, no addresses."""
SETTINGS: Final = Place("settings", "/etc/enclave/wave", CONFIG_MAP)
CREDENTIALS: Final = Place("credentials", "/etc/enclave/credentials", SECRET)
SCRATCH: Final = Place("scratch", "/var/lib/enclave/wave", MEMORY, written=True)
COPIER: Final = "/usr/local/bin/rclone"
CONFLICT, BAD, FAILED = 1, 2, 3
"""How a worker ends: other data is at the target, its settings or its plan are wrong, a store or the copier failed."""


def called(wave: str) -> str:
    """Return what the objects of a wave's workers are called."""
    return f"{WAVE}-{wave}"


def credentials_name(wave: str) -> str:
    """Return the Secret with the keys of both stores; custodians put it there."""
    return f"{called(wave)}-credentials"


@dataclass(frozen=True)
class Settings:
    """What workers do: ``source`` and ``target`` are (site, https://HOST:PORT), ``plan`` is PARTS-SHA256."""

    wave: str
    source: tuple[str, str]
    target: tuple[str, str]
    buckets: Mapping[str, str]
    journal: str
    plan: str
    limits: Mapping[str, int | None]

    @property
    def parts(self) -> int:
        """How many parts there are, and so workers one after the other."""
        return int(self.plan.partition("-")[0])

    @property
    def content(self) -> str:
        """The settings as the ConfigMap holds them."""
        told = {
            "wave": self.wave,
            "source": {"site": self.source[0], "url": self.source[1]},
            "target": {"site": self.target[0], "url": self.target[1]},
            "buckets": dict(self.buckets),
            "journal": self.journal,
            "plan": self.plan,
            "limits": {name: value for name, value in self.limits.items() if value is not None},
        }
        return json.dumps(told, sort_keys=True)

    @property
    def digest(self) -> str:
        """The digest that the command insists on."""
        return digest_of({SETTINGS_FILE: self.content})

    @property
    def program(self) -> Program:
        """The container that does one part."""
        flags = {
            "settings": f"{SETTINGS.path}/{SETTINGS_FILE}",
            "digest": self.digest,
            "credentials": f"{CREDENTIALS.path}/{CREDENTIALS_FILE}",
            "scratch": SCRATCH.path,
            "rclone": COPIER,
        }
        words = (PROGRAM, *(f"--{flag}={value}" for flag, value in flags.items()))
        return Program(WAVE, words, (SETTINGS, CREDENTIALS, SCRATCH))


def read_settings(text: str, digest: str) -> Settings:
    """Return the settings of a file. Raises ValueError where they are not those of the digest, or cannot be read."""
    if digest_of({SETTINGS_FILE: text}) != digest:
        raise ValueError(f"the settings are not those of the digest {digest}")
    try:
        told: dict[str, Any] = json.loads(text)
        ends = [(str(told[end]["site"]), str(told[end]["url"])) for end in ("source", "target")]
        names = ("wave", "journal", "plan")
        wave, journal, plan = (str(told[name]) for name in names)
        return Settings(wave, ends[0], ends[1], dict(told["buckets"]), journal, plan, dict(told["limits"]))
    except (KeyError, TypeError, ValueError):
        raise ValueError("the settings do not say what a worker must know") from None
