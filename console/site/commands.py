"""`enclave site promote|drain|retire`: show a step and its gates, and write it where asked; no cloud is touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.declaration.words import cut, undeclared
from console import terminal
from console.argument_problem import argument_problem
from console.document import document
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


@dataclass(frozen=True)
class Step:
    """A step of a site: the stages, the edit that makes it, what it changes in words, and the gates that are open."""

    site: str
    before: str
    after: str
    edit: Edit
    changes: tuple[str, ...]
    open: tuple[str, ...]


def step(command: str, stack: str, site: str, *, write: bool, json: bool = False) -> int:
    """Show what a step changes and what is open; write it where asked and nothing is. Raises ProblemsError."""
    found = _step(command, stack, site)
    written = write and not found.open
    if written:
        write_file(stacks.file_of(stack), found.edit.text.encode())
    if json:
        terminal.document(document(f"site {command}", _fields(stack, found, written=written)))
    else:
        _tell(stack, found, written=written)
    return REFUSED if found.open else GOOD


def _step(command: str, stack: str, site: str) -> Step:
    declaration = stacks.declared(stack)
    if site not in declaration.sites:
        raise ProblemsError([argument_problem("SITE", undeclared("site", cut(site), sorted(declaration.sites)))])
    lifecycle, before = law_of(declaration, None).lifecycle, declaration.sites[site].lifecycle
    after = stage_after(lifecycle, command, before)
    if after is None:
        raise ProblemsError([argument_problem("SITE", f"'{site}' {why_not(lifecycle, command, before)}")])
    edit = with_stage(stacks.file_of(stack), site, after)
    left = tuple(_open(declaration, stack, site, edit, lifecycle.stages[after]))
    return Step(site, before, after, edit, tuple(changes(lifecycle, before, after)), left)


def _fields(stack: str, found: Step, *, written: bool) -> dict[str, Any]:
    return {
        "verdict": "written" if written else "open" if found.open else "ready",
        "stack": stack,
        "site": found.site,
        "from": found.before,
        "to": found.after,
        "changes": list(found.changes),
        "edit": {"at": found.edit.where, "before": found.edit.before, "after": found.edit.after},
        "open": list(found.open),
    }


def _tell(stack: str, found: Step, *, written: bool) -> None:
    terminal.out(_shown(found))
    if found.open:
        terminal.err(f"{len(found.open)} open:", *(f"  {gate}" for gate in found.open))
    elif written:
        terminal.out([f"written; next: `enclave preview {stack}`"])
    else:
        terminal.out(["nothing is open; --write changes the line"])


def _shown(found: Step) -> Iterator[str]:
    yield f"site '{found.site}': {found.before} -> {found.after}"
    yield from (f"  {each}" for each in found.changes)
    yield found.edit.where
    yield f"  - {(found.edit.before or '').strip()}"
    yield f"  + {found.edit.after.strip()}"


def _open(declaration: Declaration, stack: str, site: str, edit: Edit, after: Stage) -> Iterator[str]:
    """Yield every gate that is open; the state is asked for only where the site's resources would go."""
    yield from gates.of_the_declaration(edit)
    if after.takes:
        yield from gates.of_acceptance(declaration, stack, site)
    if not after.built:
        deployment = exporting.exported(stacks.engine_for(stack, declaration, []))
        yield from gates.of_the_state(deployment, stack, site)
