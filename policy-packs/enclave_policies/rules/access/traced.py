"""ACC-002: a gateway's policies fit their schema, and every yes comes from a row of the declared table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.bundles import bundles_of
from enclave_policies.access.proving import proved
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Ask each bundle every question that there is."""
    for bundle in bundles_of(reading.resource):
        if bundle.files is None:
            continue  # ACC-001 says so
        found = proved(bundle.files, reading.law)
        if found.wrong:
            yield rule.finding(reading, f"holds a table that no gateway can use: {found.wrong}", at=bundle.path)
        for question, answer in found.untraced:
            problem = (
                f"answers by a policy that is no row of the table ({', '.join(answer.rows) or 'none'}): "
                f"{question.data_class} data for {question.purpose}, to a person in {question.location} employed by "
                f"{question.employer}"
            )
            yield rule.finding(reading, problem, at=bundle.path)


rule = Rule(
    id="ACC-002",
    name="traced-decision",
    title="A gateway's policies fit their schema, and every yes comes from a row of the declared table.",
    severity="high",
    remedy="let the program compile the bundle from the declaration",
    check=check,
    placing=False,
)
