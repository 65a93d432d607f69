"""`enclave reach`: whether packets get from one end to another, by which hops and rules, or what keeps them out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from enclave_policies.network.intent import ELSEWHERE, INTERNET, OUTSIDE, PERSON
from enclave_policies.network.network import network_of

from console import installed, terminal
from console.audit.commands import without_collector
from console.audit.nearest import or_nearest
from console.audit.state import exported, state_of
from console.gate.errors import EngineError
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from enclave_policies.network.graph import Graph
    from enclave_policies.network.network import Network
    from enclave_policies.network.path import Hop

reached, kept_out, no_answer = 0, 1, 2
WORDS: Final = {INTERNET: "the internet", PERSON: "people", ELSEWHERE: "other private networks"}
PAGE: Final = 24
"""Lines of a list that anybody reads."""


def reach(source: str, target: str, *, stack: str | None, export: Path | None) -> int:
    """Print a path that packets can take and return 0, or the proof that there is none and return 1.

    2 where there is no answer: for bad input, for an end that nobody knows, for a path that depends on what nobody
    knows, and where no path was found while something is unknown or broken.

    Raises ProblemsError when the export or the declaration cannot be read.
    """
    if (export is None) == (stack is None):
        return _unknown("packets are followed through a state: name a stack, or an export with --export FILE")
    unreachable: tuple[type[Exception], ...] = (EngineError, *installed.no_sandbox())
    try:
        with without_collector():
            network = network_of((exported(export) if export else state_of(stack or "")).resources)
            return _answer(network, source, target)
    except unreachable as error:  # elsewhere it ends with 1, which here says that there is no path
        return _unknown(str(error))
    except ProblemsError:
        raise
    except Exception as error:
        if os.environ.get("ENCLAVE_DEBUG"):
            raise
        return _unknown(f"there is no answer: who reaches whom cannot be worked out ({type(error).__name__})")


def _answer(network: Network, source: str, target: str) -> int:
    graph = network.graph
    known = sorted({*OUTSIDE, *(network.intent.networks if network.intent else ()), *graph.ends})
    for end in (source, target):
        if end not in known:
            return _unknown(f"there is no {end}{or_nearest(end, known)}; known: {', '.join(_some(known))}")
    path = graph.certain.path(source, target) or graph.path(source, target)
    meant = () if network.intent else (f"the stack does not say what its network is meant to do: {network.problem}",)
    if path is not None:
        terminal.err(*meant)
    if path is not None and path.is_certain:
        terminal.out(steps(path.hops))
        return reached
    if path is not None:
        terminal.err(
            f"nobody can tell whether packets get from {source} to {target}: this path depends on what is not known,",
            "so it proves neither that they do nor that they do not",
            *steps(path.hops),
        )
        return no_answer
    if unknown := (*meant, *network.undetermined, *network.unreadable):
        terminal.err(
            f"no path from {source} to {target} was found, which proves nothing while this is unknown:",
            *(f"  {line}" for line in _some(unknown)),
        )
        return no_answer
    terminal.out(proof(graph, source, target))
    return kept_out


def steps(hops: Iterable[Hop]) -> Iterator[str]:
    """Yield a path hop by hop, with what lets each pass."""
    for hop in hops:
        yield f"{hop.source} -> {hop.target} on {hop.ports}"
        yield from (f"    {reason}" for reason in hop.because)


def proof(graph: Graph, source: str, target: str) -> Iterator[str]:
    """Yield why there is no path: everything that can be reached, and what keeps each of it from the target."""
    found = graph.reachable(source)
    yield f"no path from {source} to {target}"
    yield f"  {source} reaches {', '.join(_some(found)) or 'nothing'}"
    kept: dict[str, list[str]] = {}
    for end in [source, *(end for end in found if end not in OUTSIDE)]:  # no path leads over what is outside
        kept.setdefault(_first_reason(graph, end, target), []).append(end)
    yield from _some([f"  {', '.join(_some(ends))} -> {target}: {reason}" for reason, ends in kept.items()])


def _first_reason(graph: Graph, end: str, target: str) -> str:
    if end in OUTSIDE:
        return f"nothing there lets {WORDS[end]} in"
    if target in OUTSIDE:
        return f"no rule and no route lets it out to {WORDS[target]}"
    if not _of_one_site(end, target):
        return "nothing leads from the one site to the other"
    return next(iter(graph.reasons(end, target)), "no rule opens a way")


def _of_one_site(one: str, other: str) -> bool:
    return one.partition("/")[0] == other.partition("/")[0]


def _some(lines: Sequence[str]) -> list[str]:
    """Return lines, the last of which stands for all beyond a page."""
    rest = len(lines) - PAGE
    return [*lines[:PAGE], f"  … and {rest} more"] if rest > 0 else list(lines)


def _unknown(message: str) -> int:
    terminal.err(message)
    return no_answer
