"""Counts records in groups: a group of too few people is left out, and where declared, noise hides each person.

Memory is bounded: people are told apart in each group until there are enough, and with noise over all groups, and so
many at a time as ``MOST_PEOPLE``.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from hosts.deidentify.errors import DeidentifyError, OddError
from hosts.deidentify.schema import MOST_GROUPS, possible_groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hosts.deidentify.flow import Flow, Groups, Noise

NO_PERSON: Final = "no-person"
MOST_PEOPLE: Final = 1_000_000
"""More cannot be told apart in bounded memory, so the input must be split."""
COUNT: Final = "records"
_DIGEST: Final = 8  # bytes


@dataclass(slots=True)
class _Group:
    records: int = 0
    enough: bool = False
    people: set[bytes] = field(default_factory=set)


class Grouping:
    """Takes treated records in, and gives the table out."""

    def __init__(self, flow: Flow, groups: Groups) -> None:
        self._flow, self._groups = flow, groups
        self._found: dict[tuple[Any, ...], _Group] = {}
        self._counted: dict[bytes, int] = {}
        self._hidden = os.urandom(32)  # the digests in memory mean nothing to whoever reads it later
        self._told_apart = 0
        self.suppressed = 0
        self.beyond = 0

    def add(self, record: dict[str, Any]) -> None:
        """Count a record. Raises OddError, and DeidentifyError where there are too many groups or people."""
        identity = record.get(self._groups.person)
        if identity is None:
            raise OddError(NO_PERSON)
        person = hashlib.blake2b(identity, digest_size=_DIGEST, key=self._hidden).digest()
        if self._groups.noise is not None and not self._counts(person, self._groups.noise):
            return
        key = tuple(record.get(name) for name in self._groups.by)
        group = self._found.get(key)
        if group is None:
            if len(self._found) >= MOST_GROUPS:
                raise DeidentifyError(f"there are more than {MOST_GROUPS} groups; group by fewer or broader fields")
            group = self._found[key] = _Group()
        group.records += 1
        if self._groups.noise is None and not group.enough and person not in group.people:
            self._tell_apart(group, person)

    def _tell_apart(self, group: _Group, person: bytes) -> None:
        if self._told_apart >= MOST_PEOPLE:
            raise DeidentifyError(f"more than {MOST_PEOPLE} people are in groups of too few; group by fewer fields")
        group.people.add(person)
        self._told_apart += 1
        if len(group.people) >= self._groups.minimum:
            self._told_apart -= len(group.people)
            group.enough = True
            group.people.clear()

    def _counts(self, person: bytes, noise: Noise) -> bool:
        """Return whether a record of a person still counts: so many do, and no more, or noise would hide nobody."""
        seen = self._counted.get(person, 0)
        if seen >= noise.each:
            self.beyond += 1
            return False
        if not seen and len(self._counted) >= MOST_PEOPLE:
            raise DeidentifyError(
                f"noise needs people told apart, and there are more than {MOST_PEOPLE}; split the input"
            )
        self._counted[person] = seen + 1
        return True

    def table(self) -> Iterator[dict[str, Any]]:
        """Yield a row for each group that may leave, in the order of its values."""
        if self._groups.noise is not None:
            yield from self._noisy(self._groups.noise)
            return
        for key in sorted(self._found, key=repr):
            group = self._found[key]
            if not group.enough:
                self.suppressed += 1
                continue
            yield self._row(key, group.records)

    def _noisy(self, noise: Noise) -> Iterator[dict[str, Any]]:
        """Every possible group gets noise, also an empty one; a record without one of the values counts in none."""
        keys = list(product(*(values for _, values in possible_groups(self._flow))))
        counts = [self._found[key].records if key in self._found else 0 for key in keys]
        for key, count in zip(keys, noisy(counts, noise), strict=True):
            if count < self._groups.minimum:
                self.suppressed += 1
                continue
            yield self._row(key, count)

    def _row(self, key: tuple[Any, ...], count: int) -> dict[str, Any]:
        return {**dict(zip(self._groups.by, key, strict=True)), COUNT: count}


def noisy(counts: Sequence[int], noise: Noise) -> list[int]:
    """Return counts with discrete Laplace noise by OpenDP, so that a person changes little. Raises DeidentifyError."""
    dp = opendp()
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)

    def made(scale: float) -> Any:
        return space >> dp.m.then_laplace(scale=scale)

    scale = dp.binary_search(lambda scale: made(scale).map(noise.each) <= float(noise.epsilon), bounds=(1e-3, 1e9))
    return [int(count) for count in made(scale)(list(counts))]


def opendp() -> Any:
    """Return OpenDP. Raises DeidentifyError where it is not installed."""
    try:
        import opendp.prelude as dp  # noqa: PLC0415  of the extra `noise`
    except ImportError:
        raise DeidentifyError("this host has no OpenDP, so it adds no noise; install enclave's extra 'noise'") from None
    dp.enable_features("contrib")
    return dp
