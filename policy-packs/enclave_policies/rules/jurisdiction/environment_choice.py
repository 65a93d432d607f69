"""JUR-048: a program that asks its environment where to send data is told so in this stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.identifiers.shown import shown
from enclave_policies.places.placement import is_aws
from enclave_policies.reading.rule import StackRule
from enclave_policies.reading.site import runs_on_aws
from enclave_policies.reading.taken import claims_with_taken
from enclave_policies.reading.variables import is_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

OF_AWS: Final = frozenset({"AWS_REGION", "AWS_DEFAULT_REGION"})
"""Variables that AWS itself sets, to the region in which a program runs."""


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge settings that name a variable: where it is told, its value is judged there."""
    for claim in claims_with_taken(reading, stack):
        if claim.kind != "variable" or is_told(stack, claim.value) or (claim.value in OF_AWS and _is_on_aws(reading)):
            continue
        problem = (
            f"leaves a destination to the environment ({claim.words}, {claim.path}): "
            f"no resource of this stack says what {shown(claim.value)} is"
        )
        yield rule.finding(reading, problem, verdict="undetermined", claim=claim)


def _is_on_aws(reading: Reading) -> bool:
    return is_aws(reading.resource) or runs_on_aws(reading)


rule = StackRule(
    id="JUR-048",
    name="environment-choice",
    title="A program that asks its environment where to send data is told so in this stack.",
    severity="high",
    remedy="write the host or region itself, or set the variable in the clear in a resource of this stack",
    check=check,
)
