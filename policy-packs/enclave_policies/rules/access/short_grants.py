"""ACC-015: no table lets grants last longer than any grant may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.asking import in_words
from enclave_policies.access.bundles import bundles_of
from enclave_policies.access.proving import proved
from enclave_policies.reading.rule import Rule
from hosts.gateway.grant_terms import LONGEST, LONGEST_BREAK_GLASS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Look at each yes that a table gives for a limited grant."""
    for bundle in bundles_of(reading.resource):
        if bundle.files is None:
            continue  # ACC-001 says so
        for question, answer in proved(bundle.files, reading.law).long:
            most = LONGEST_BREAK_GLASS if question.grant.break_glass else LONGEST
            problem = (
                f"lets a grant last {question.grant.minutes} min ({', '.join(answer.rows)}), and {most} are the most"
            )
            yield rule.finding(reading, f"{problem}: {in_words(question)}", at=bundle.path)


rule = Rule(
    id="ACC-015",
    name="short-grants",
    title="No row of a gateway's table waits for a grant of more than four hours, or two by break-glass.",
    severity="high",
    remedy="limit the row's grants to four hours or less (ttl<=4h)",
    check=check,
    placing=False,
)
