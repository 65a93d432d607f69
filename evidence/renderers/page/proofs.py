"""What the proof says of a site's network, in as few lines as there are kinds of promises and targets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.record.model import Enclave, Promise, Site

TITLES: Final = {
    "must_deny": "Closed",
    "must_permit": "Open",
    "must_cross": "Only through",
}


_Alike = tuple[int, str, str, bool | None]
"""Weight, kind, what it is about, whether it holds."""


@dataclass(frozen=True)
class Proof:
    """Promises that came out alike: ``sources`` cannot, or can, reach each of ``targets``."""

    kind: str
    targets: tuple[str, ...]
    sources: tuple[str, ...]
    on: str
    holds: bool | None


@dataclass(frozen=True)
class Tally:
    """How many promises about a site hold, and how many there are."""

    kept: int
    broken: int
    unknown: int

    @property
    def all(self) -> int:
        """Every promise."""
        return self.kept + self.broken + self.unknown


def proofs(enclave: Enclave, site: Site) -> tuple[Proof, ...]:
    """Return what was promised about a site, what is broken first."""
    reached: dict[_Alike, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for promise in _of(enclave, site):
        on = promise.on.removeprefix("tcp ") if promise.kind == "must_permit" else promise.on
        alike: _Alike = (_weight(promise), promise.kind, on, promise.holds)
        reached[alike][_near(promise.target, site)].append(_near(promise.source, site))
    order = list(TITLES)
    found = []
    for each in sorted(reached, key=lambda one: (one[0], order.index(one[1]))):  # else in the promises' order
        _, kind, on, holds = each
        targets: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for target, sources in reached[each].items():
            targets[tuple(dict.fromkeys(sources))].append(target)
        found += [Proof(kind, tuple(those), sources, on, holds) for sources, those in targets.items()]
    return tuple(found)


def tally(promises: Sequence[Promise]) -> Tally:
    """Return how promises came out."""
    return Tally(
        kept=sum(one.holds is True for one in promises),
        broken=sum(one.holds is False for one in promises),
        unknown=sum(one.holds is None for one in promises),
    )


def tally_of(enclave: Enclave, site: Site) -> Tally:
    """Return how the promises about a site came out."""
    return tally(_of(enclave, site))


def _of(enclave: Enclave, site: Site) -> list[Promise]:
    """Return the promises about what may arrive at a site."""
    return [one for one in enclave.network.promises if one.target.partition("/")[0] == site.name]


def _near(end: str, site: Site) -> str:
    return end.removeprefix(f"{site.name}/")


def _weight(promise: Promise) -> int:
    return {False: 0, None: 1, True: 2}[promise.holds]
