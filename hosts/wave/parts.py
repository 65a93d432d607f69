"""How a bucket is cut into parts for workers: ranges of keys in order, each of so many versions and bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hosts.wave.versions import History


@dataclass(frozen=True)
class Part:
    """A range of keys: those behind ``after``, up to ``last``; ``prefix`` is the shortest text that begins it.

    ``keys``, ``versions`` (delete markers among them) and ``bytes`` are what the inventory counted.
    """

    number: int
    after: str
    last: str
    prefix: str
    keys: int
    versions: int
    bytes: int


def parts(listed: Iterable[History], most_versions: int, most_bytes: int) -> Iterator[tuple[Part, list[History]]]:
    """Yield each part with its histories; a key is never cut, so one key may be more than the limits.

    Only one part is in memory at a time. There is always one, as something may come to an empty bucket.
    """
    held: list[History] = []
    number, after, versions, size = 0, "", 0, 0
    for history in listed:
        if held and (versions + len(history.versions) > most_versions or size + history.size > most_bytes):
            yield _part(number, after, held), held
            number, after, held, versions, size = number + 1, held[-1].key, [], 0, 0
        held.append(history)
        versions, size = versions + len(history.versions), size + history.size
    if held:
        yield _part(number, after, held), held
    elif number == 0:
        yield Part(0, "", "", "", 0, 0, 0), []


def _part(number: int, after: str, held: list[History]) -> Part:
    return Part(
        number,
        after,
        held[-1].key,
        beginning(after, held[0].key),
        len(held),
        sum(len(each.versions) for each in held),
        sum(each.size for each in held),
    )


def versions_below(every: Iterable[Part], folder: str) -> int:
    """Return how many versions at most lie below a folder, by the parts that reach into it."""
    return sum(part.versions for part in every if part.last >= folder and part.after[: len(folder)] <= folder)


def beginning(before: str, first: str) -> str:
    """Return the shortest prefix of a part's first key that the key before it does not have."""
    for length in range(1, len(first) + 1):
        if not before.startswith(first[:length]):
            return first[:length]
    return first
