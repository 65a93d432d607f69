"""What the Pulumi program needs before its first resource: declaration, clouds, guardrails, and the guard."""

from __future__ import annotations

from pathlib import Path

import pulumi
from enclave_policies.guardrails.error import GuardrailError
from enclave_policies.judging.judged_day import judged_day
from enclave_policies.law.folder.custody import load_custody_law
from pulumi.runtime import is_dry_run

from components.adopted import adopted_in, stack_file
from components.clouds import CloudProblem, clouds_of
from components.declaration import load_declaration
from components.declaration.beside import refused_beside
from components.enclave import EnclaveArgs
from console.guard import Guard, refused_sites
from console.guardrails import compile_guardrails
from console.site_links import refused_links
from located_yaml import ProblemsError, visible


def load_stack(stack: str) -> EnclaveArgs:
    """Return what a stack's enclave is built from, with the guard standing from here on.

    Raises RunError, which the engine shows without a trace.
    """
    try:
        file = Path("stacks") / f"{stack}.yaml"
        declaration = load_declaration(file)
        if beside := refused_beside(file):
            raise ProblemsError(beside)  # noqa: TRY301  told as what else is wrong
        adopted = adopted_in(Path(stack_file(stack)), declaration)
        clouds = clouds_of(declaration, pulumi.Config().get)
        law = load_custody_law(as_of=judged_day(dry_run=is_dry_run()))
        guardrails = compile_guardrails(clouds, law)
    except (ProblemsError, CloudProblem, GuardrailError) as error:
        raise pulumi.RunError("\n".join(map(visible, str(error).split("\n")))) from None
    Guard(law, stack).install([*refused_sites(declaration, clouds, law, stack), *refused_links(declaration, law)])
    return EnclaveArgs(declaration, clouds, guardrails, adopted)
