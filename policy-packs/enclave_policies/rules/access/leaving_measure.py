"""ACC-017: nothing leaves but by a measure that the law finds enough for its class, country and regime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.access.leaving import lacking
from enclave_policies.reading.rule import Rule
from hosts.deidentify.schema import flows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

TYPE: Final = "enclave:index:Leaving"


def check(reading: Reading) -> Iterator[Finding]:
    """Read the schema as a de-identifier does, and ask the law about each flow."""
    if reading.resource.type != TYPE:
        return
    text = reading.setting("schema")
    if not isinstance(text, str):
        yield rule.finding(reading, "does not say yet what may leave", verdict="undetermined", at="schema")
        return
    flows, problems = flows_of(text.encode())
    for line, problem in problems:
        words = f"holds a schema that no de-identifier takes (line {line}: {problem})"
        yield rule.finding(reading, words, verdict="undetermined", at="schema")
    if problems:
        return
    for name, flow in flows.items():
        for problem in lacking(flow, reading.law):
            yield rule.finding(reading, f"has the leaving flow '{name}', which {problem}", at="schema")


rule = Rule(
    id="ACC-017",
    name="leaving-measure",
    title="Nothing leaves but by a measure that the law finds enough for its class, country and regime.",
    severity="critical",
    remedy="let it count groups or make pseudonyms, choose another recipient, name more approvers, or take it away",
    check=check,
    placing=False,
)
