"""How packets get from one place to another: hop by hop, and by which rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclave_policies.network.ports import PortSet


UNDETERMINED: Final = "undetermined: "
"""How a reason begins that rests on what nobody knows yet: it counts as open."""
IF: Final = " (if it "
"""How a condition begins that nobody can tell: whether a policy names or selects somebody."""
PERHAPS: Final = " (perhaps "
"""How policies are named that may close it after all."""
_DOUBTS: Final = (UNDETERMINED, IF, PERHAPS)
CHOSEN: Final = "answers reach ports below 1024 only, from which a client has to choose to ask"
"""A reason of connections that an ordinary client does not get, and somebody who wants to does."""


@dataclass(frozen=True, slots=True, order=True)
class Microsegment:
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

    @property
    def is_certain(self) -> bool:
        """Whether packets get through whatever turns out of that which nobody knows yet."""
        return not any(doubt in reason for reason in self.because for doubt in _DOUBTS)

    def __str__(self) -> str:
        """Return the hop and its reasons as lines of text."""
        return "\n    ".join((f"{self.source} -> {self.target} on {self.ports}", *self.because))


@dataclass(frozen=True, slots=True)
class Path:
    """Connections, each from where the last one ended."""

    hops: tuple[Hop, ...]

    @property
    def is_certain(self) -> bool:
        """Whether every hop is."""
        return all(hop.is_certain for hop in self.hops)

    def __str__(self) -> str:
        """Return the path as lines of text."""
        return "\n".join(str(hop) for hop in self.hops)
