"""Many sets of addresses, asked about together: where nothing is said of all of them, nobody asks about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from enclave_policies.network.networks import NOWHERE, AddressSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Told = TypeVar("Told", bound="Sequence[object]")


class Half(NamedTuple):
    """The addresses of several ends together; ``name``: of one alone."""

    addresses: AddressSet
    name: str | None
    halves: tuple[Half, ...] = ()

    def asked(self, ask: Callable[[AddressSet], Told]) -> Iterator[tuple[str, Told]]:
        """Yield each end of which something is said, and what."""
        told = ask(self.addresses) if self.addresses else None
        if not told:
            return
        if self.name is not None:
            yield self.name, told
        for half in self.halves:
            yield from half.asked(ask)


def halved(ends: Sequence[tuple[str, AddressSet]]) -> Half:
    """Return ends and their addresses, halved again and again."""
    if len(ends) == 1:
        return Half(ends[0][1], ends[0][0])
    middle = len(ends) // 2
    halves = tuple(halved(part) for part in (ends[:middle], ends[middle:]) if part)
    return Half(NOWHERE.union(*(half.addresses for half in halves)), None, halves)
