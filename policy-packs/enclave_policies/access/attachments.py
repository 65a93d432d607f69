"""Policies that resources attach by name: the stack's own, and AWS's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from enclave_policies.access.grants import given, named_at
from enclave_policies.access.managed import statements_of
from enclave_policies.access.who import Who
from enclave_policies.reading.gathered import each, once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.iam.documents import Statement
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

POLICY: Final = "aws:iam/policy:Policy"
ATTACHING: Final = (
    "policyArn",
    "managedPolicyArn",
    "managedPolicyArns",
    "policyArns",
    "customerManagedPolicyReference",
)
OF_AWS: Final = ":iam::aws:policy/"


@dataclass(frozen=True, slots=True)
class Attached:
    """A policy that a resource attaches: where, by which ARN or name, and what it allows; None: it is not here."""

    path: str
    name: str
    allows: tuple[Statement, ...] | None
    of_aws: bool


def attached(reading: Reading, stack: Stack) -> Iterator[Attached]:
    """Yield the policies that a resource attaches."""
    known = _policies(stack)
    for path in ATTACHING if reading.resource.type != POLICY else ():
        for named in named_at(reading, path, known):
            if OF_AWS in str(named):
                name = named.rpartition("/")[2]
                yield Attached(path, name, statements_of(name), of_aws=True)
            else:
                name = "not known yet" if isinstance(named, Who) else named
                yield Attached(path, name, known.get(named), of_aws=False)


@once
def _policies(stack: Stack) -> Mapping[str, tuple[Statement, ...]]:
    """Return what each policy of the stack allows: by its ARN, its name and its URN."""
    found: dict[str, tuple[Statement, ...]] = {}
    for names, allowed in each(stack, stack.of_type(POLICY), _policy):
        found.update(dict.fromkeys(names, allowed))
    return found


def _policy(reading: Reading) -> tuple[list[str], tuple[Statement, ...]]:
    name, path, outputs = reading.setting("name"), reading.setting("path", "/"), reading.resource.outputs
    called = [outputs.get("arn"), outputs.get("id"), name, reading.resource.urn]
    called += [f"arn:aws:iam::{account}:policy{path}{name}" for account in reading.law.accounts]
    return [one for one in called if isinstance(one, str)], tuple(one for _, one in given(reading))


def granted(reading: Reading, stack: Stack) -> Iterator[tuple[str, Statement]]:
    """Yield what a resource of IAM allows an identity, by documents of its own and by policies that it attaches."""
    yield from given(reading)
    for policy in attached(reading, stack):
        yield from ((policy.path, one) for one in policy.allows or ())
