"""ACC-003: a gateway's bundle cannot be changed where it lies, and its name says what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.access.bundles import bundles_of
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

FEWEST: Final = 16
"""Hexadecimal digits of the digest that a name must bear: 64 bits, which nobody finds a second bundle for by chance."""


def check(reading: Reading) -> Iterator[Finding]:
    """Judge bundles by whether they are immutable, and by their names."""
    for bundle in bundles_of(reading.resource):
        if not bundle.fixed:
            problem = "holds what a gateway decides by, and can be changed where it lies (immutable)"
            yield rule.finding(reading, problem, at="immutable")
        if bundle.digest is not None and bundle.digest[:FEWEST] not in bundle.name:
            problem = f"is called {bundle.name}, which does not bear the digest of its bundle ({bundle.path})"
            yield rule.finding(reading, problem, at=bundle.named)


rule = Rule(
    id="ACC-003",
    name="fixed-bundle",
    title="A gateway's bundle cannot be changed where it lies, and its name says what is in it.",
    severity="high",
    remedy="set immutable: true, and put the first 16 digits of the bundle's digest into the name or key",
    check=check,
    placing=False,
)
