"""`enclave reach`: whether packets get from one place to another, by which hops and rules, or what keeps them out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from enclave_policies.export import read_export
from enclave_policies.network.intent import OUTSIDE
from enclave_policies.network.network import network_of

from console.audit.commands import show, without_collector
from console.audit.nearest import or_nearest
from console.audit.state import state_of
from console.audit.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enclave_policies.network.graph import Graph

reached, kept_out, bad_input = 0, 1, 2


def reach(source: str, target: str, *, stack: str | None, export: Path | None) -> int:
    """Print a path and return 0, or the proof that there is none and return 1; 2 for an end that nobody knows.

    Raises ProblemsError when the export or the declaration cannot be read, EngineError when the stack cannot.
    """
    if (export is None) == (stack is None):
        return _unknown("packets are followed through a state: name a stack, or an export with --export FILE")
    with without_collector():
        network = network_of((read_export(export) if export else state_of(stack or "")).resources)
    graph = network.graph
    known = sorted({*OUTSIDE, *(network.intent.networks if network.intent else ()), *graph.ends})
    for end in (source, target):
        if end not in known:
            return _unknown(f"there is no {printable(end)}{or_nearest(end, known)}; known: {', '.join(known)}")
    if network.intent is None:
        sys.stderr.write(f"nobody says what is meant: {network.problem}\n")
    path = graph.path(source, target)
    if path is not None:
        show(str(path).splitlines())
        return reached
    show(proof(graph, source, target))
    return kept_out


def proof(graph: Graph, source: str, target: str) -> Iterator[str]:
    """Yield why there is no path: everything that can be reached, and what keeps each of it from the target."""
    found = [source, *graph.reachable(source)]
    yield f"no path from {source} to {target}"
    yield f"  {source} reaches {', '.join(found[1:]) or 'nothing'}"
    for end in found:
        if end != target:
            reasons = graph.reasons(end, target) or ("nothing opens a way",)
            yield f"  {end} -> {target}: {reasons[0]}"
            yield from (f"      {reason}" for reason in reasons[1:])


def _unknown(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return bad_input
