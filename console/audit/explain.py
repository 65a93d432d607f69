"""`enclave explain`: why the law places a resource, or a type, where it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.law.folder import SHIPPED

from console import terminal
from console.audit.commands import without_collector
from console.audit.explain_resource import resource_lines
from console.audit.explain_type import type_lines
from console.audit.judges import judges
from console.audit.nearest import or_nearest
from console.audit.state import exported, state_of
from console.exit_codes import BAD_INPUT

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from enclave_policies.law import Law
    from enclave_policies.resources.export import Export

    from console.audit.judges import Judges


def explain(what: str, *, export: Path | None, stack: str | None, as_of: date | None, policy_pack: Path | None) -> int:
    """Explain a URN (of an export, or of a stack's state) or a type; return the exit code.

    Raises ProblemsError when the export, the declaration or the law cannot be read, EngineError when the stack cannot.
    """
    asked = judges(policy_pack, as_of)
    if not what.startswith("urn:"):
        return _type(what, asked.law, (policy_pack or SHIPPED) / "law")
    if (export is None) == (stack is None):
        return _unknown("a URN is explained from a state: name one, with --export FILE or --stack NAME")
    with without_collector():
        state = exported(export) if export else state_of(stack or "")
        return _resource(what, state, asked, str(export) if export else f"the stack {stack}")


def _type(what: str, law: Law, folder: Path) -> int:
    if law.kind(what) is None:
        names = [*law.types, *law.inputs]
        return _unknown(f"the law knows no type {what}{or_nearest(what, names)}")
    terminal.out(type_lines(what, law, folder))
    return 0


def _resource(urn: str, state: Export, asked: Judges, where: str) -> int:
    resource = next((each for each in state.resources if each.urn == urn), None)
    if resource is None:
        known = [each.urn for each in state.resources]
        return _unknown(f"{where} holds no resource {urn}{or_nearest(urn, known)}")
    terminal.out(
        [
            *resource_lines(resource, asked.findings(state.resources)[urn], asked),
            *(f"the engine has not finished with it: it {each.what}" for each in state.unfinished if each.urn == urn),
        ]
    )
    return 0


def _unknown(message: str) -> int:
    terminal.err(message)
    return BAD_INPUT
