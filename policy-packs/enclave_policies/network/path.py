"""How packets get from one place to another: hop by hop, and by which rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclave_policies.network.ports import PortSet


CHOSEN: Final = "answers reach ports below 1024 only, from which a client has to choose to ask"
"""A reason of connections that an ordinary client does not get, and somebody who wants to does."""


@dataclass(frozen=True, slots=True, order=True)
class Zone:
    """Where hosts or pods stand that the same rules hold for; ``where`` names it (subnets, a namespace, labels).

    ``segment`` is None where nobody said which segment of the enclave it is.
    """

    site: str
    segment: str | None
    where: str

    def __str__(self) -> str:
        """Return ``SITE/SEGMENT``, and where it is when that says more."""
        return f"{self.site}/{self.segment or '(no segment)'} ({self.where})"


@dataclass(frozen=True, slots=True)
class Hop:
    """One direct connection; ``because`` names each resource and its rule that lets it pass, in the packets' order."""

    source: str
    target: str
    ports: PortSet
    because: tuple[str, ...]

    @property
    def is_ordinary(self) -> bool:
        """Whether clients get it that ask from an ephemeral port, as they do by themselves."""
        return CHOSEN not in self.because

    def __str__(self) -> str:
        """Return the hop and its reasons as lines of text."""
        return "\n    ".join((f"{self.source} -> {self.target} on {self.ports}", *self.because))


@dataclass(frozen=True, slots=True)
class Path:
    """Connections, each from where the last one ended."""

    hops: tuple[Hop, ...]

    def __str__(self) -> str:
        """Return the path as lines of text."""
        return "\n".join(str(hop) for hop in self.hops)
