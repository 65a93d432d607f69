"""`enclave init`: create a stack in the backend, with its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.law.folder import load_law

from console import terminal
from console.argument_problem import argument_problem
from console.exit_codes import GOOD
from console.gate.new_stack import create
from console.gate.stack import declared, engine_for, refuse_beside
from console.gate.state_home import refused_home, refused_homes
from located_yaml import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law


def init(stack: str, secrets_provider: str | None) -> int:
    """Create a declared stack where its state may be kept; return the exit code."""
    declaration = declared(stack)
    refuse_beside(stack)
    engine = engine_for(stack, declaration, [])
    law = load_law()
    problems = [*refused_homes(engine.project, stack, engine.environment, law), *_provider(secrets_provider, law)]
    if problems:
        raise ProblemsError(problems)
    terminal.out([*create(engine, secrets_provider), f"next: `enclave preview {stack}`"])
    return GOOD


def _provider(url: str | None, law: Law) -> Iterator[Problem]:
    if url is not None and url != "passphrase" and (found := refused_home(url, law)):
        remedy = "use 'passphrase', or a key of an approved region (awskms://ALIAS?region=REGION)"
        yield argument_problem("--secrets-provider", f"the secrets provider {found}; {remedy}")
