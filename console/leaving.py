"""`enclave leaving`: the leaving flows of a stack as de-identifiers read them, byte by byte what the rules judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.declaration.leaving import digest, schema
from console import terminal
from console.argument_problem import argument_problem
from console.exit_codes import GOOD, REFUSED
from console.gate import stack as stacks
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path


def told(stack: str, to: Path | None) -> int:
    """Print or write the schema, and say its digest. Raises ProblemsError."""
    text = schema(stacks.declared(stack))
    if not text:
        terminal.err(f"stack '{stack}' declares no leaving flow, so nothing may leave; declare one under 'leaving'")
        return REFUSED
    if to is None:
        terminal.out(text.splitlines())
    else:
        try:
            with to.open("x", encoding="ascii") as file:
                file.write(text)
        except OSError as error:
            problem = f"{to} cannot be made ({error.strerror}); name a new file"
            raise ProblemsError([argument_problem("--to", problem)]) from None
    terminal.err(f"digest {digest(text)}: a de-identifier takes no other schema with --digest")
    return GOOD
