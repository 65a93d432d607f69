"""The rows of a gateway's table as Cedar policies: a row that denies forbids, and what no row permits is denied."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from components.declaration.needs import minutes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from components.declaration.model import Decision

SCHEMA: Final = """\
// Who asks: a person. About what: data of a class. All else is context, so the same rows fit AWS Verified Access.
entity Person;
entity DataClass;
type Grant = { ticket: Bool, approvers: Long, minutes: Long, break_glass: Bool };
action "access" appliesTo {
  principal: [Person],
  resource: [DataClass],
  context: { location: String, employer: String, controlled_from: String, purpose: String, grant: Grant }
};
"""


def row_name(index: int) -> str:
    """Return what a row is called in decisions and in the record: its place in the table, from 1."""
    return f"row-{index + 1}"


def policies_text(rows: Sequence[Decision]) -> str:
    """Return the Cedar policies of a table; each says in ``@id`` which row it is."""
    return "\n".join(_policy(index, row) for index, row in enumerate(rows))


def results_of(rows: Sequence[Decision]) -> dict[str, str]:
    """Return what each row that permits leads to: ``allow`` or ``pseudonymise``."""
    return {row_name(index): row.result for index, row in enumerate(rows) if row.result != "deny"}


def flows_of(rows: Sequence[Decision]) -> dict[str, str]:
    """Return by which leaving flow answers leave, for each row that pseudonymises them."""
    return {row_name(index): row.flow for index, row in enumerate(rows) if row.flow}


def _policy(index: int, row: Decision) -> str:
    effect = "forbid" if row.result == "deny" else "permit"
    conditions = [
        one_of("context.location", row.from_),
        one_of("context.employer", row.employer),
        one_of("context.purpose", row.purpose),
        _classes(row.class_),
        *_needs(row.needs),
    ]
    when = " &&\n  ".join(conditions)
    head = f'@id("{row_name(index)}")\n{effect} (principal, action == Action::"access", resource)'
    return f"{head}\nwhen {{\n  {when}\n}};\n"


def one_of(what: str, values: Iterable[str]) -> str:
    """Return the condition that a value is one of a list."""
    return f"[{', '.join(json.dumps(value) for value in values)}].contains({what})"


def _classes(names: Iterable[str]) -> str:
    return f"[{', '.join(f'DataClass::{json.dumps(name)}' for name in names)}].contains(resource)"


def _needs(needs: Iterable[str]) -> Iterator[str]:
    for need in needs:
        if need == "ticket":
            yield "context.grant.ticket"
        elif need == "approver":
            yield "context.grant.approvers >= 1"
        elif (minutes := minutes_of(need)) is not None:
            yield f"context.grant.minutes >= 1 && context.grant.minutes <= {minutes}"
