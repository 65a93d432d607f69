"""An answer of `enclave reach` for people: the path hop by hop, or what keeps packets out, on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enclave_policies.network.path import Hop

    from console.reach.answer import Answer

PAGE: Final = 24
"""Lines of a list that anybody reads."""


def steps(hops: Iterable[Hop]) -> Iterator[str]:
    """Yield a path hop by hop, with what lets each pass."""
    for hop in hops:
        yield f"{hop.source} -> {hop.target} on {hop.ports}"
        yield from (f"    {reason}" for reason in hop.because)


def stones(answer: Answer) -> Iterator[str]:
    """Yield what the ends in between are; nothing where one hop leads there."""
    if answer.stepping_stones:
        between = ", ".join(dict.fromkeys(answer.stepping_stones))
        yield f"    stepping stones: {between}; somebody there has to pass it on (--direct asks for one hop)"


def proof(answer: Answer) -> Iterator[str]:
    """Yield why there is no path: everything that can be reached, and what keeps each of it from the target."""
    asking = answer.asking
    what = "direct connection" if asking.direct else "path"
    yield f"no {what} from {asking.source} to {asking.target}{asking.on}"
    if not asking.direct:
        yield f"  {asking.source} reaches {', '.join(page(answer.reachable)) or 'nothing'}"
    yield from page([f"  {', '.join(page(ends))} -> {asking.target}: {reason}" for reason, ends in answer.kept])


def page(lines: Sequence[str]) -> list[str]:
    """Return lines, the last of which stands for all beyond a page."""
    rest = len(lines) - PAGE
    return [*lines[:PAGE], f"  … and {rest} more"] if rest > 0 else list(lines)
