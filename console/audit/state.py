"""States: of a file, of standard input, or of a stack as the engine keeps it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from enclave_policies.resources.export import LARGEST, export_of, read_export

from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

    from enclave_policies.resources.export import Export


STANDARD_INPUT: Final = "-"


def exported(path: Path) -> Export:
    """Return the state in a file, of standard input for ``-``. Raises ProblemsError."""
    if str(path) != STANDARD_INPUT:
        return read_export(path)
    if sys.stdin is None:
        raise ProblemsError([Problem(Position.without_line("standard input"), "is closed; name a file instead of -")])
    return export_of(sys.stdin.buffer.read(LARGEST + 1), "standard input")


def state_of(stack: str) -> Export:
    """Return a stack's state, its secrets readable: they stay in this process. Raises EngineError."""
    from console.gate.exporting import export_text  # noqa: PLC0415  an audit of a file needs no engine
    from console.gate.stack import declared, engine_for  # noqa: PLC0415

    export = export_text(engine_for(stack, declared(stack), []), "--show-secrets")
    return export_of(export.encode(), f"the state of {stack}")
