"""One post of ours, whoever else writes at the same time: found by a hidden mark, made or edited, and never doubled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from console.ci.telling.api import ApiError, GoneError, UnsureError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROUNDS: Final = 8
"""How often we look again; each round that does not end has met a change of somebody else's, or no sure answer."""

_MARK: Final = re.compile(r"<!-- enclave:([a-z-]+) run:(\d+)\.(\d+) -->")


@dataclass(frozen=True, order=True)
class Run:
    """A run of the continuous integration; later ones are greater."""

    number: int
    attempt: int = 1


@dataclass(frozen=True)
class Post:
    """A comment or an issue, as the platform has it."""

    id: int
    body: str


@dataclass(frozen=True)
class Text:
    """What to say. ``needed``: it is worth a new post; else only one that is there already is changed."""

    body: str
    title: str = ""
    needed: bool = True


class Board(Protocol):
    """Where posts are. Each method raises ApiError, GoneError where there is no such post any more."""

    def mine(self) -> Iterable[Post]:
        """Return the posts that this token's owner has written, and nobody else's."""

    def create(self, text: Text) -> int:
        """Write a new post, and return its id."""

    def edit(self, post: int, text: Text) -> None:
        """Put a text in the place of a post's."""

    def remove(self, post: int) -> None:
        """Take away a post."""


def marked(name: str, run: Run, text: str) -> str:
    """Return a text behind the mark by which a later run finds it."""
    return f"<!-- enclave:{name} run:{run.number}.{run.attempt} -->\n{text}"


def run_of(name: str, post: Post) -> Run | None:
    """Return which run wrote a post; None where it does not begin with our mark."""
    found = _MARK.match(post.body)
    return Run(int(found[2]), int(found[3])) if found and found[1] == name else None


def tell(board: Board, name: str, run: Run, text: Text) -> str:
    """Leave exactly one post of this name, and return what was done. Raises ApiError.

    The oldest of ours stays; others of ours go. A run that is older than the post's changes nothing. Between looking
    and writing somebody else may do the same: so we look again until there is one post, and it is ours or newer.
    """
    told = Text(marked(name, run, text.body), text.title, text.needed)
    written: dict[int, str] = {}
    problem: ApiError | None = None
    for _ in range(ROUNDS):
        found = sorted(
            ((post.id, wrote) for post in board.mine() if (wrote := run_of(name, post)) is not None),
        )
        if not found and not text.needed:
            return next(iter(written.values()), "nothing to tell")  # an issue that was closed is seen no more
        try:
            if not found:
                written[board.create(told)] = "written"
            elif any(wrote > run for _, wrote in found):
                _withdraw(board, found, written)
                return "a newer run has told already"
            elif len(found) == 1 and found[0][0] in written:
                return written[found[0][0]]
            else:
                _settle(board, found, told, written)
        except (GoneError, UnsureError) as error:  # somebody took it away meanwhile, or nobody knows: look again
            problem = error
    raise problem or ApiError("others keep changing the same posts; run it again")


def _settle(board: Board, found: Sequence[tuple[int, Run]], told: Text, written: dict[int, str]) -> None:
    oldest = found[0][0]
    if oldest not in written:
        board.edit(oldest, told)
        written[oldest] = "edited"
    for post, _ in found[1:]:
        board.remove(post)


def _withdraw(board: Board, found: Sequence[tuple[int, Run]], written: Iterable[int]) -> None:
    """Take away what this run made beside a newer run's; the oldest stays, as the newer run writes into that."""
    for post, _ in found[1:]:
        if post in written:
            board.remove(post)
