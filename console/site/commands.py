"""`enclave site promote|drain|retire`: show a step and its gates, and write it where asked; no cloud is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.declaration.words import cut, undeclared
from console import terminal
from console.argument_problem import ArgumentProblem
from console.exit_codes import GOOD, REFUSED
from console.gate import exporting
from console.gate import stack as stacks
from console.inspect.subjects import law_of
from console.site import gates
from console.site.editing import with_stage
from console.site.steps import changes, stage_after, why_not
from console.whole_file import write as write_file
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law.lifecycle import Stage

    from components.declaration import Declaration
    from console.declaration_edit import Edit


def step(command: str, stack: str, site: str, *, write: bool) -> int:
    """Show what a step changes and what is open; write it where asked and nothing is. Raises ProblemsError."""
    declaration = stacks.declared(stack)
    if site not in declaration.sites:
        raise ProblemsError([ArgumentProblem.of("SITE", undeclared("site", cut(site), sorted(declaration.sites)))])
    lifecycle, before = law_of(declaration, None).lifecycle, declaration.sites[site].lifecycle
    after = stage_after(lifecycle, command, before)
    if after is None:
        raise ProblemsError([ArgumentProblem.of("SITE", f"'{site}' {why_not(lifecycle, command, before)}")])
    file = stacks.file_of(stack)
    edit = with_stage(file, site, after)
    terminal.out(_shown(site, before, after, edit, list(changes(lifecycle, before, after))))
    left = list(_open(declaration, stack, site, edit, lifecycle.stages[after]))
    if left:
        terminal.err(f"{len(left)} open:", *(f"  {gate}" for gate in left))
        return REFUSED
    if write:
        write_file(file, edit.text.encode())
        terminal.out([f"written; next: `enclave preview {stack}`"])
    else:
        terminal.out(["nothing is open; --write changes the line"])
    return GOOD


def _shown(site: str, before: str, after: str, edit: Edit, changed: list[str]) -> Iterator[str]:
    yield f"site '{site}': {before} -> {after}"
    yield from (f"  {each}" for each in changed)
    yield edit.where
    yield f"  - {(edit.before or '').strip()}"
    yield f"  + {edit.after.strip()}"


def _open(declaration: Declaration, stack: str, site: str, edit: Edit, after: Stage) -> Iterator[str]:
    """Yield every gate that is open; the state is asked for only where the site's resources would go."""
    yield from gates.of_the_declaration(edit)
    if after.takes:
        yield from gates.of_acceptance(declaration, stack, site)
    if not after.built:
        deployment = exporting.exported(stacks.engine_for(stack, declaration, []))
        yield from gates.of_the_state(deployment, stack, site)
