"""ACC-005: a gateway's authorizer insists on the digest of a bundle that this stack holds, and finds it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.authorizers import authorizers_of
from enclave_policies.access.bundles import bundles_of
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.access.bundles import Bundle
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge every container and every host that runs an authorizer."""
    for found in authorizers_of(reading.resource):
        path = found.path
        if found.digest is UNKNOWN:
            problem = f"runs a gateway's authorizer by a command that is not known ({path})"
            yield rule.finding(reading, problem, verdict="undetermined", at=path)
        elif found.digest is None:
            yield rule.finding(reading, f"runs a gateway's authorizer that insists on no bundle ({path})", at=path)
        elif not (held := [bundle for bundle in _held(stack) if bundle.digest == found.digest]):
            problem = f"runs a gateway's authorizer that insists on a bundle which this stack does not hold ({path})"
            yield rule.finding(reading, problem, at=path)
        elif found.at is not None and not any(_lies_at(bundle, found.at) for bundle in held):
            problem = f"runs a gateway's authorizer that looks for its bundle where this stack does not put it ({path})"
            yield rule.finding(reading, problem, at=path)


def _lies_at(bundle: Bundle, at: tuple[tuple[str, str], ...]) -> bool:
    """Whether a bundle lies at the one address that its hosts look at; a bucket that is not known yet may be it."""
    if len(at) != 1 or bundle.bucket is None:
        return False
    (bucket, key), lies_in = at[0], bundle.bucket
    return bundle.name == key and (lies_in is UNKNOWN or lies_in == bucket)


@once
def _held(stack: Stack) -> tuple[Bundle, ...]:
    """Return all bundles of a stack."""
    return tuple(
        bundle
        for found in each(stack, stack.readings.values(), lambda reading: tuple(bundles_of(reading.resource)))
        for bundle in found
    )


rule = StackRule(
    id="ACC-005",
    name="insisted-bundle",
    title="A gateway's authorizer insists on the digest of a bundle that this stack holds, and finds it there.",
    severity="critical",
    remedy="start it with the digest of its own bundle, as this stack holds it (--digest, or in user data)",
    check=check,
    placing=False,
)
