"""`enclave reach`: ask a state, and say the answer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from enclave_policies.network.intent import OUTSIDE
from enclave_policies.network.network import network_of

from console import installed, terminal
from console.audit.nearest import or_nearest
from console.audit.state import exported, state_of
from console.collector import without_collector
from console.document import problems_document
from console.gate.errors import EngineError
from console.reach.answer import answer_of
from console.reach.asking import Asking
from console.reach.document import answer_document
from console.reach.ends import NoEndError, end_of
from console.reach.text import page, proof, steps, stones
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

    from enclave_policies.network.network import Network

    from console.reach.answer import Answer

reached, kept_out, no_answer = 0, 1, 2
CODES: Final = {"reached": reached, "kept_out": kept_out, "undetermined": no_answer}


def reach(asking: Asking, *, stack: str | None, export: Path | None, json: bool = False) -> int:
    """Print a path that packets can take and return 0, or the proof that there is none and return 1.

    2 where there is no answer: for bad input, for an end that nobody knows, for a path that depends on what nobody
    knows, and where no path was found while something is unknown or broken.

    Raises ProblemsError when the export or the declaration cannot be read.
    """
    if (export is None) == (stack is None):
        said = "packets are followed through a state: name a stack, or an export with --export FILE"
        return _unknown(said, json=json)
    unreachable: tuple[type[Exception], ...] = (EngineError, NoEndError, *installed.no_sandbox())
    try:
        with without_collector():
            network = network_of((exported(export) if export else state_of(stack or "")).resources)
            answer = _answer(network, asking)
    except unreachable as error:  # elsewhere it ends with 1, which here says that there is no path
        return _unknown(str(error), json=json)
    except ProblemsError:
        raise
    except Exception as error:
        if os.environ.get("ENCLAVE_DEBUG"):
            raise
        said = f"there is no answer: who reaches whom cannot be worked out ({type(error).__name__})"
        return _unknown(said, json=json)
    if json:
        terminal.document(answer_document(answer))
    else:
        _say(answer)
    return CODES[answer.verdict]


def _answer(network: Network, asking: Asking) -> Answer:
    """Return the answer to what was typed, where an end may be an address. Raises NoEndError."""
    found = [end_of(text, network) for text in (asking.source, asking.target)]
    others = {end: addresses for end, addresses in found if addresses is not None}
    known = sorted({*OUTSIDE, *(network.intent.networks if network.intent else ()), *network.graph.ends})
    for end, addresses in found:
        if addresses is None and end not in known:
            raise NoEndError(f"there is no {end}{or_nearest(end, known)}; known: {', '.join(page(known))}")
    for text, (end, _) in zip((asking.source, asking.target), found, strict=True):
        if text != end:
            terminal.err(f"{text} is an address of {end}")
    (source, _), (target, _) = found
    return answer_of(network, Asking(source, target, asking.direct, asking.port), others)


def _say(answer: Answer) -> None:
    source, target = answer.asking.source, answer.asking.target
    if answer.verdict == "reached":
        terminal.err(*answer.unknown)
        terminal.out([*steps(answer.path), *stones(answer)])
    elif answer.path:
        terminal.err(
            *answer.unknown,
            f"nobody can tell whether packets get from {source} to {target}: this path depends on what is not known,",
            "so it proves neither that they do nor that they do not",
            *steps(answer.path),
        )
    elif answer.verdict == "undetermined":
        terminal.err(
            f"no path from {source} to {target} was found, which proves nothing while this is unknown:",
            *(f"  {line}" for line in page(answer.unknown)),
        )
    else:
        terminal.out(proof(answer))


def _unknown(message: str, *, json: bool) -> int:
    terminal.err(message)
    if json:
        terminal.document(problems_document("reach", [message]))
    return no_answer
