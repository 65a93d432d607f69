"""`enclave explain TYPE`: what the law knows about a resource type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.kinds import KINDS
from enclave_policies.catalog.roles import ROLES

from console.audit.nearest import or_nearest
from console.audit.type_table import rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enclave_policies.law import Law


def type_lines(type_: str, law: Law, folder: Path) -> Iterator[str]:
    """Yield what the law says of a type that it knows; ``folder`` is the pack's law folder."""
    kind = law.kind(type_) or "unknown"
    yield f"{type_}: {kind} ({KINDS.get(kind, 'nobody has judged it, so it is refused')})"
    if type_ not in law.types:
        yield f"  known by its package alone{or_nearest(type_, law.types)}"
    for row in rows(folder, type_):
        yield f"  {row.file}:{row.line}: {row.reason}"
    yield from input_lines(type_, law)


def input_lines(type_: str, law: Law) -> Iterator[str]:
    """Yield the inputs of a type that bear a place, by the type table."""
    inputs = law.inputs.get(type_, {})
    if not inputs:
        yield "  no input is listed: names and values tell which bear a place"
        return
    yield "  inputs that the table lists:"
    for path, role in sorted(inputs.items()):
        yield f"    {path}: {role} ({ROLES.get(role, 'as its name says')})"
