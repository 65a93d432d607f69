"""ACC-001: no table lets through what the law says may never be, whatever is granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.bundles import bundles_of
from enclave_policies.access.proving import proved
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.access.proof import Broken
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Ask each bundle every question that there is."""
    for bundle in bundles_of(reading.resource):
        if bundle.files is None:
            problem = f"holds a table of decisions that cannot be read whole ({bundle.path})"
            yield rule.finding(reading, problem, verdict="undetermined", at=bundle.path)
            continue
        found = proved(bundle.files, reading.law)
        for one in found.broken:
            yield rule.finding(reading, _words(one), at=bundle.path)


def _words(one: Broken) -> str:
    question, grant = one.question, one.question.grant
    given = [
        *(["a ticket"] if grant.ticket else []),
        *(["no approver", "one approver"][grant.approvers : grant.approvers + 1] or [f"{grant.approvers} approvers"]),
        *([f"a grant for {grant.minutes} min"] if grant.minutes else []),
        *(["break-glass"] if grant.break_glass else []),
    ]
    return (
        f"lets through ({one.answer.result}, {', '.join(one.answer.rows)}) what the law never allows ({one.never}): "
        f"{question.data_class} data for {question.purpose}, to a person in {question.location} employed by "
        f"{question.employer}, which is controlled from {question.controlled_from}, with {', '.join(given)}"
    )


rule = Rule(
    id="ACC-001",
    name="never-allowed",
    title="No gateway's table lets through what the law says may never be, whatever is granted.",
    severity="critical",
    remedy="narrow the rows that are named, or deny the combination in a row of its own",
    check=check,
    placing=False,
)
