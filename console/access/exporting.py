"""`enclave access export`: a gateway's table as the policy of an AWS Verified Access endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.access.verified_access import exported
from components.declaration.words import undeclared
from console import terminal
from console.access import folder as files
from console.argument_problem import argument_problem
from console.exit_codes import GOOD, REFUSED
from console.gate import stack as stacks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from components.declaration import Declaration
    from located_yaml import Problem


def export(stack: str, gateway: str, route: str, purpose: str, provider: str) -> int:
    """Print the policy, and on standard error which rows are not in it. Raises ProblemsError."""
    declaration = stacks.declared(stack)
    files.raise_all(_wrong(declaration, gateway, route, purpose, provider))
    found = exported(declaration, gateway, route, purpose, provider)
    terminal.err(*(f"left out: {row}, because {reason}" for row, reason in found.left_out.items()))
    if not found.policy:
        terminal.err(f"no row allows {purpose} on {route} without more, so there is no policy: people use the gateway")
        return REFUSED
    terminal.out(found.policy.splitlines())
    return GOOD


def _wrong(declaration: Declaration, gateway: str, route: str, purpose: str, provider: str) -> Iterator[Problem]:
    known: dict[str, tuple[str, Collection[str]]] = {
        "gateway": (gateway, declaration.gateways),
        "route": (route, declaration.routes),
        "purpose": (purpose, declaration.purposes),
    }
    for option, (name, declared) in known.items():
        if name not in declared:
            yield argument_problem(f"--{option}", undeclared(option, name, list(declared)))
    if not provider.isidentifier():
        what = "is no policy reference name; take the one of the trust provider, such as 'staff'"
        yield argument_problem("--provider", f"'{provider}' {what}")
