"""ACC-001: no table lets through what the law says may never be, whatever is granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.asking import in_words
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
    return (
        f"lets through ({one.answer.result}, {', '.join(one.answer.rows)}) what the law never allows ({one.never}): "
        f"{in_words(one.question)}"
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
