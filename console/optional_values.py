"""Options that may stand without a value, which the command line's parser does not know: it is given an empty one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OPTIONS: Final = frozenset({"--allow-replace"})
END: Final = "--"


def with_values(arguments: Sequence[str]) -> list[str]:
    """Return a command line in which each such option has a value: empty where an option or nothing follows."""
    return list(_with_values(arguments))


def _with_values(arguments: Sequence[str]) -> Iterator[str]:
    behind = False
    for word, following in pairwise([*arguments, END]):
        behind = behind or word == END
        bare = word in OPTIONS and following.startswith("-") and not behind
        yield f"{word}=" if bare else word
