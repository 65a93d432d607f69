"""A refusal that the declaration alone tells: with its line, the law's line, and no engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from enclave_policies.judging.side_channel import as_data
from enclave_policies.law.folder import SHIPPED

import located_yaml
from console.gate.report import gate_document
from console.objections import objections

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from enclave_policies.law import Law

    from components.declaration import Declaration
    from console.objections import LawLine, Objection
    from located_yaml import Position

REASON: Final = "the declaration is refused as it stands, so the engine was not started"


@dataclass(frozen=True)
class Foretold:
    """One objection, with where it is declared and which line of the law decides."""

    objection: Objection
    declared: Position
    law: Position | None

    @property
    def lines(self) -> Iterator[str]:
        """The lines that a person reads."""
        yield f"  refused: {self.declared}: {self.objection.message}"
        if self.objection.decides is not None:
            yield f"    decided by {self.law}: {self.objection.decides.words}"


def foretold(declaration: Declaration, file: Path, law: Law, more: Iterable[Objection] = ()) -> tuple[Foretold, ...]:
    """Return what the law refuses in the declaration of a file, and ``more``; empty when nothing."""
    found = (*objections(declaration, law, file.stem), *more)
    if not found:
        return ()
    document = located_yaml.load(file)
    return tuple(Foretold(each, document.position(each.keys), _position(each.decides)) for each in found)


def _position(line: LawLine | None) -> Position | None:
    return located_yaml.load(SHIPPED / "law" / line.file).position(line.keys) if line else None


def text_lines(stack: str, found: Sequence[Foretold]) -> Iterator[str]:
    """Yield the report of a plan that was not made."""
    for each in found:
        yield from each.lines
    yield f"{stack} plan: not made; {_refusals(found)}: red"
    yield f"  because {REASON}"


def as_json(stack: str, found: Sequence[Foretold], as_of: date | None = None) -> str:
    """Return the report as one JSON document, with the fields of any plan's."""
    return gate_document(
        stack,
        as_of,
        verdict="red",
        reasons=[f"{_refusals(found)}: {REASON}"],
        refused=[
            {
                "pack": None,
                "urn": each.objection.finding.urn if each.objection.finding else None,
                "rule": each.objection.finding.name if each.objection.finding else None,
                "level": "mandatory",
                "message": each.objection.message,
                "finding": as_data(each.objection.finding) if each.objection.finding else None,
                "declared": str(each.declared),
                "decided_by": str(each.law) if each.law else None,
            }
            for each in found
        ],
    )


def _refusals(found: Sequence[Foretold]) -> str:
    return f"{len(found)} refusal{'s' if len(found) > 1 else ''}"
