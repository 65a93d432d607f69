"""Whether a record leads to the checkpoints that somebody kept of it; the public key is all that is trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hosts.gateway.chain import START, Head, heads

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PROVES: Final = (
    "the first {covered:,} lines are those that the holder of the key signed: "
    "none was changed, dropped, swapped, repeated or added"
)
DOES_NOT_PROVE: Final = (
    "that a line is true, or that the authorizer wrote one for each request",
    "that no more was written after the last checkpoint given here: a later one shows a tail that was cut",
    "that the key was in nobody else's hands: who has it can sign another record",
)
UNSIGNED: Final = (
    "the last {more:,} lines, which no checkpoint covers yet: they hang together, and nobody has signed them"
)


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint whose signature was verified: the file it stands in, and the head that it names."""

    file: str
    head: Head


@dataclass(frozen=True)
class Checked:
    """How far a record's chain holds, which checkpoints it leads to, and what is wrong; nothing where all is well."""

    head: Head
    checkpoints: tuple[tuple[Checkpoint, bool], ...]
    problems: tuple[str, ...]

    @property
    def covered(self) -> int:
        """How many lines the record's signer vouches for."""
        return max((each.head.size for each, met in self.checkpoints if met), default=0)

    @property
    def proves(self) -> tuple[str, ...]:
        """What this shows, in words."""
        return (PROVES.format(covered=self.covered),) if not self.problems else ()

    @property
    def does_not_prove(self) -> tuple[str, ...]:
        """What nobody should read into it."""
        more = self.head.size - self.covered
        return (*((UNSIGNED.format(more=more),) if more else ()), *DOES_NOT_PROVE)


def checked(lines: Iterable[bytes], checkpoints: Sequence[Checkpoint]) -> Checked:
    """Return how the lines of a record stand to checkpoints; lines end with line feeds, as in a binary file."""
    wanted = {each.head.size for each in checkpoints}
    found = {0: START}
    head, broken = Head(), ""
    for head, wrong in heads(lines):
        if wrong:
            broken = f"line {head.size + 1}: {wrong}"
            break
        if head.size in wanted:
            found[head.size] = head.hash
    met = [(each, found.get(each.head.size) == each.head.hash) for each in checkpoints]
    problems = [broken] if broken else []
    for each, holds in met:
        if holds:
            continue
        if each.head.size not in found:
            told = f"{each.file} signs {each.head.size:,} lines, and the record holds for {head.size:,}"
            problems.append(f"{told}: lines were cut off, or damaged")
        else:
            problems.append(
                f"{each.file} signs another line {each.head.size:,}: the record was changed, or is another one"
            )
    return Checked(head, tuple(met), tuple(problems))
