"""The waves that S3 brings in by itself, read from the components that the stack itself carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.reading.gathered import each, once
from hosts.wave.replication import read

if TYPE_CHECKING:
    from enclave_policies.iam.documents import Statement
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack
    from hosts.wave.replication import Replication

TYPE: Final = "enclave:aws:WaveReplication"


def replication_in(reading: Reading) -> Replication:
    """Return what a component says. Raises KeyError, TypeError and ValueError where it does not say it."""
    return read(reading.resource.props)


@once
def replications_of(stack: Stack) -> dict[str, Replication]:
    """Return the replications of waves by the ARN of their role, without those that cannot be read."""
    return {one.role: one for one in each(stack, stack.of_type(TYPE), replication_in)}


def form_of(one: Statement, *, resources: bool = True) -> Any:
    """Return what a statement says, in whatever order and capitals; ``resources``: with what it is about."""
    return (
        one.allows,
        one.everyone_but,
        frozenset((kind, str(who)) for kind, who in one.principals),
        frozenset(str(action).lower() for action in one.actions),
        frozenset(map(str, one.resources)) if resources else None,
        frozenset(
            (key, operator, frozenset(map(str, values)))
            for key, found in one.conditions.items()
            for operator, values in found
        ),
    )
