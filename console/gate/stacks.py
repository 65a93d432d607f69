"""`enclave stacks`: the stacks of the backend, and which of them hold resources that no declaration names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from console import terminal
from console.document import document
from console.exit_codes import GOOD, REFUSED
from console.gate.engine import Engine
from console.gate.new_stack import stacks_of
from console.gate.stack import declared_stacks, outside_sandbox, project

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


def stacks(*, json: bool = False) -> int:
    """Print the stacks of the backend; return 1 where one holds resources and has no declaration in stacks/."""
    held = stacks_of(Engine(project, "", outside_sandbox(dict(os.environ)), []))
    declared = declared_stacks()
    lost = list(orphaned(held, declared))
    if json:
        each = [
            {"stack": name, "resources": number, "declared": name in declared} for name, number in sorted(held.items())
        ]
        told = {"verdict": "orphaned" if lost else "well", "stacks": each, "problems": lost}
        terminal.document(document("stacks", told))
    else:
        terminal.out(f"{name}: {number} resources" for name, number in sorted(held.items()))
        terminal.err(*lost)
    return REFUSED if lost else GOOD


def orphaned(held: Mapping[str, int], declared: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each stack that holds resources and is not declared."""
    for name, number in sorted(held.items()):
        if number and name not in declared:
            yield (
                f"stacks/{name}.yaml:1:1: the stack '{name}' holds {number} resources and is not declared; bring its "
                f"declaration back, `enclave retire {name} SITE` each site, then `pulumi destroy --stack {name}`"
            )
