"""The state of a stack, as the engine keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.resources.export import export_of

if TYPE_CHECKING:
    from enclave_policies.resources.export import Export


def state_of(stack: str) -> Export:
    """Return a stack's state, its secrets readable: they stay in this process. Raises EngineError."""
    from console.gate.errors import EngineError  # noqa: PLC0415  an audit of a file needs no engine
    from console.gate.stack import declared, engine_for  # noqa: PLC0415

    engine = engine_for(stack, declared(stack), [])
    done = engine.command("stack", "export", "--show-secrets", "--stack", stack)
    if done.returncode:
        raise EngineError(f"the state of the stack '{stack}' cannot be read:\n{done.stderr.strip()}")
    return export_of(done.stdout.encode(), f"the state of {stack}")
