"""ACC-008: no identity has the right to write, unlock or stop the inspector's copy of the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.actions import actions, called
from enclave_policies.access.attachments import granted
from enclave_policies.access.grants import SOMEBODY, copies, names_of, reaches, trust_of
from enclave_policies.reading.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.iam.documents import Statement
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

IDENTITIES = ("aws:iam/", "aws:ssoadmin/")
EVERY = (
    f"arn:aws:s3:::{SOMEBODY}",
    f"arn:aws:s3:::{SOMEBODY}/any",
    f"arn:aws:kms:eu-west-1:000000000000:key/{SOMEBODY}",
)
"""What is about these is about everything, and the copy's own policies refuse it; a trail has no policy of its own."""


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge the policies of identities; the inspector's own are ACC-009's."""
    if not reading.resource.type.startswith(IDENTITIES):
        return
    trust = trust_of(reading, stack)
    if trust is not None and trust.inspector:
        return
    named = [(copy, names_of(copy)) for copy in copies(stack)]
    for path, one in granted(reading, stack):
        touching = [str(action) for action in one.actions if actions().touching(action)]
        for service in sorted({action.partition(":")[0].lower() for action in touching}):
            held = [name for _, names in named for name in names if name.startswith(f"arn:aws:{service}:")]
            if reaches(one, held) and not _about_everything(one, service):
                which = next(action for action in touching if action.lower().startswith(f"{service}:"))
                problem = f"lets an identity change, stop or lose the inspector's copy of the record ({called(which)})"
                yield rule.finding(reading, problem, at=path)


def _about_everything(one: Statement, service: str) -> bool:
    return bool(reaches(one, [arn for arn in EVERY if arn.startswith(f"arn:aws:{service}:")]))


rule = StackRule(
    id="ACC-008",
    name="log-grants",
    title="No identity has the right to write, unlock or stop the inspector's copy of the record.",
    severity="critical",
    remedy="name the buckets, keys and trails that the identity needs, without those of the inspection",
    check=check,
    placing=False,
    package="aws",
)
