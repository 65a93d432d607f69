"""KEY-009: no secret of a cluster, and no access key, lies in the clear in the state of a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.kubernetes.objects import objects_of
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

VALUES = ("data", "stringData")


def check(reading: Reading) -> Iterator[Finding]:
    """Judge Secrets by whether they hold values, and texts by whether an access key stands in an address there."""
    for claim in {claim.path: claim for claim in reading.claims if claim.kind == "credential"}.values():
        problem = f"shows an object store's access key to whoever reads it, inside an address ({claim.path})"
        yield rule.finding(reading, problem, claim=claim)
    for found in objects_of(reading.resource):
        if found.kind == "Secret" and found.group == "core":
            held = [name for name in VALUES if found.body.get(name)]
            if held:
                names = " and ".join(f"{found.path}{name}" for name in held)
                problem = f"takes its values from the program ({names}), so they lie in the stack's state"
                yield rule.finding(reading, problem, at=f"{found.path}{held[0]}")


rule = Rule(
    id="KEY-009",
    name="secret-in-state",
    title="No secret of a cluster, and no access key in an address, lies in the clear in the state of a stack.",
    severity="high",
    remedy="let custodians put the values there, or a controller that reads them from the site's own vault",
    check=check,
    placing=False,
    roles=frozenset({"object", "text"}),
)
