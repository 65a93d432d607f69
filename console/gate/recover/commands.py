"""`enclave recover`: say what a killed run left of a stack, and what the next `enclave up` does about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console import terminal
from console.document import document
from console.exit_codes import FAILED
from console.gate import exporting
from console.gate.recover import recovery
from console.gate.stack import declared, engine_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from console.gate.engine import Engine


def recover(stack: str, *, json: bool = False) -> int:
    """Print what there is to mend, and change nothing; return FAILED where somebody else is at work on the stack."""
    engine = engine_for(stack, declared(stack), [])
    traces = recovery.traces_of(engine)
    if traces.held:
        terminal.err(traces.held)
        if json:
            terminal.document(_document(stack, "held", [], [traces.held]))
        return FAILED
    lines = [*_of_machine(traces), *_of_state(engine, traces)]
    if json:
        terminal.document(_document(stack, "to_mend" if lines else "well", lines, []))
        return 0
    if not lines:
        terminal.out([f"nothing to mend: the last run of '{stack}' ended as it should"])
        return 0
    terminal.out([*lines, f"`enclave up {stack}` does this first"])
    return 0


def _document(stack: str, verdict: str, steps: Sequence[str], problems: Sequence[str]) -> str:
    return document("recover", {"verdict": verdict, "stack": stack, "steps": list(steps), "problems": list(problems)})


def _of_machine(traces: recovery.Traces) -> Iterator[str]:
    for each in traces.left:
        yield f"would wait for {each}, which a run left behind, and then end it"
    for lock in traces.locks:
        yield f"would release the lock of {lock}, which is gone"
    for file in traces.half_written:
        yield f"would remove {file}, which the engine had not finished writing"
    if traces.broken is not None:
        copy = f"would put {traces.broken.copy} in its place" if traces.broken.copy else "there is no good copy of it"
        yield f"the state {traces.broken.file} cannot be read ({traces.broken.why}); {copy}"


def _of_state(engine: Engine, traces: recovery.Traces) -> Iterator[str]:
    if traces.broken is not None or traces.half_written:
        return  # the engine cannot read it as it is
    found = recovery.unfinished(exporting.exported(engine))
    if found.operations:
        yield f"the last run broke off within {found.operations} operations, which would be cleared"
    for each, id_ in found.found.values():
        yield f"would take over {each.name} ({each.type}, {id_}), which was made and not recorded"
    for urn in found.touched:
        yield f"would read again what {urn.rpartition('::')[2]} is now"
