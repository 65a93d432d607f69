"""What the Pulumi program needs before its first resource: the stack's declaration, its clouds, and the guard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi
from enclave_policies.law import load_law

from components.connection import ConnectionProblem, Connections, connect
from components.declaration import load_declaration
from console.guard import Guard, refused_sites
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from components.declaration import Declaration


def keep_quiet() -> None:
    """Send no debug lines to the engine: each is a blocking call, and they are a fifth of a preview."""
    if not os.environ.get("ENCLAVE_DEBUG"):
        setattr(pulumi.log, "debug", lambda *_, **__: None)  # noqa: B010  mypy refuses the plain form


def load_stack(stack: str) -> tuple[Declaration, Connections]:
    """Return a stack's declaration and connections, with the guard standing from here on.

    Raises RunError, which the engine shows without a trace.
    """
    keep_quiet()
    try:
        declaration = load_declaration(Path("stacks") / f"{stack}.yaml")
        connections = connect(declaration, pulumi.Config().get)
        law = load_law()
    except (ProblemsError, ConnectionProblem) as error:
        raise pulumi.RunError(str(error)) from None
    Guard(law).install(refused_sites(declaration, connections, law))
    return declaration, connections
