"""What runs on a site, in the same terms for every kind of site."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from hosts.watch.emergencies import Emergency


PINNED: Final = re.compile(r".*@sha256:([0-9a-f]{64})")


def digest_in(image: str) -> str:
    """Return the digest that an image is named by; the whole name where there is none, which nobody can approve."""
    found = PINNED.fullmatch(image)
    return found[1] if found else image


@dataclass(frozen=True)
class Host:
    """A host of a gateway: the images that it runs, the digest it insists on, and that of the bundle it was given.

    Images are SHA-256 digests (hex), as far as they are named by one.

    ``configuration`` is "" where the bundle is not there. ``ready`` is whether it takes requests.
    """

    name: str
    images: frozenset[str]
    pinned: str
    configuration: str
    ready: bool


@dataclass(frozen=True)
class Running:
    """A gateway as a site runs it."""

    gateway: str
    hosts: tuple[Host, ...]


@dataclass(frozen=True)
class Delivered:
    """A host's record as the inspector's copy has it: ``wrong`` says what is broken; "" where it is whole.

    ``newest`` is when the store took the last checkpoint, by the store's clock.
    """

    gateway: str
    host: str
    lines: int
    newest: datetime | None
    wrong: str = ""
    emergencies: tuple[Emergency, ...] = ()


@dataclass(frozen=True)
class LastRun:
    """The newest run of a site's own watch, by the store's clock; ``wrong`` says why it does not count, else "".

    ``found`` is how many differences it named.
    """

    taken: datetime
    found: int = 0
    wrong: str = ""


@dataclass(frozen=True)
class SeenSite:
    """A site; ``unread`` says what of it could not be read, which is a difference of its own."""

    name: str
    gateways: tuple[Running, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    delivered: tuple[Delivered, ...] = ()
    unread: tuple[str, ...] = ()
    last_run: LastRun | None = None
