"""`enclave explain`: why the law places a resource where it does, what it knows of a type, what a rule asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from enclave_policies.judging.packs import PACKS
from enclave_policies.law.folder import SHIPPED

from console import terminal
from console.audit.explain_documents import resource_document, rule_document, type_document
from console.audit.explain_resource import resource_lines
from console.audit.explain_rule import rule_lines, rule_of
from console.audit.explain_type import type_lines
from console.audit.judges import judges
from console.audit.nearest import or_nearest
from console.audit.state import exported, state_of
from console.collector import without_collector
from console.document import problems_document
from console.exit_codes import BAD_INPUT

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from enclave_policies.law import Law
    from enclave_policies.resources.export import Export
    from enclave_policies.resources.resource import Resource

    from console.audit.judges import Judges

ID: Final = re.compile(r"[A-Z]{3}-\d{3}")
SHOWN: Final = 20
"""Resources of one name that are listed."""


def explain(
    what: str,
    *,
    export: Path | None,
    stack: str | None,
    as_of: date | None,
    only_pack: Path | None,
    json: bool = False,
    approvals: Path | None = None,
) -> int:
    """Explain a resource of a state (by its URN or its own name), a type or a rule; return the exit code.

    A name with colons that the law knows is a type, and an id or a name of a rule is the rule; any other is looked for
    in the state. Raises ProblemsError when the export, the declaration or the law cannot be read, EngineError when the
    stack cannot.
    """
    said = _Said(json)
    if rule_of(what) is not None and (ID.fullmatch(what) or not (export or stack)):
        return said.rule(what)
    asked = judges(only_pack, as_of, approvals)
    if not what.startswith("urn:") and asked.law.kind(what) is not None:
        return said.type(what, asked.law, (only_pack or SHIPPED) / "law")
    if not what.startswith("urn:") and not (export or stack):
        return said.stranger(what, asked.law)
    if (export is None) == (stack is None):
        return said.unknown("a resource is explained from a state: name one, with --export FILE or --stack NAME")
    with without_collector():
        state = exported(export) if export else state_of(stack or "")
        where = str(export) if export else f"the stack {stack}"
        found = [each for each in state.resources if what in (each.urn, each.name)]
        return (
            said.resource(found[0], state, asked) if len(found) == 1 else said.none_or_many(what, found, state, where)
        )


class _Said:
    """Says an explanation, as text or as a document; each returns the exit code."""

    def __init__(self, json: bool) -> None:
        self._json = json

    def rule(self, what: str) -> int:
        found = rule_of(what)
        if found is None:  # never: who asks has looked
            return self.unknown(f"there is no rule {what}")
        if self._json:
            terminal.document(rule_document(found))
        else:
            terminal.out(rule_lines(found))
        return 0

    def type(self, what: str, law: Law, folder: Path) -> int:
        if self._json:
            terminal.document(type_document(what, law, folder))
        else:
            terminal.out(type_lines(what, law, folder))
        return 0

    def resource(self, resource: Resource, state: Export, asked: Judges) -> int:
        findings = asked.findings(state.resources)[resource.urn]
        unfinished = [each.what for each in state.unfinished if each.urn == resource.urn]
        if self._json:
            terminal.document(resource_document(resource, findings, asked, unfinished))
            return 0
        terminal.out(
            [
                *resource_lines(resource, findings, asked),
                *(f"the engine has not finished with it: it {what}" for what in unfinished),
            ]
        )
        return 0

    def none_or_many(self, what: str, found: list[Resource], state: Export, where: str) -> int:
        if found:
            urns = [each.urn for each in found]
            rest = [f"  and {len(urns) - SHOWN} more"] if len(urns) > SHOWN else []
            head = f"{where} holds {len(urns)} resources called {what}; name one by its URN:"
            return self.unknown(head, *(f"  {urn}" for urn in urns[:SHOWN]), *rest)
        known = [name for each in state.resources for name in (each.urn, each.name)]
        return self.unknown(f"{where} holds no resource {what}{or_nearest(what, known)}")

    def stranger(self, what: str, law: Law) -> int:
        ids = [rule.id for pack in PACKS.values() for rule in pack.rules]
        if ID.fullmatch(what):
            return self.unknown(f"there is no rule {what}{or_nearest(what, ids)}")
        names = [*law.types, *law.inputs]
        if ":" in what or "/" in what:
            return self.unknown(f"the law knows no type {what}{or_nearest(what, names)}")
        rules = [rule.name for pack in PACKS.values() for rule in pack.rules]
        return self.unknown(
            f"{what} is no type and no rule{or_nearest(what, [*ids, *rules, *names])}; "
            "for a resource of that name, name its state, with --export FILE or --stack NAME"
        )

    def unknown(self, *lines: str) -> int:
        terminal.err(*lines)
        if self._json:
            terminal.document(problems_document("explain", lines))
        return BAD_INPUT
