"""KEY-003: no key policy lets an outsider use or administer a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.key_custody.outsiders import outsiders
from enclave_policies.key_custody.policies import KEY_POLICIES, key_policy
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Judge what the policy allows; one that is not known yet is judged again before it is created."""
    path = KEY_POLICIES[reading.resource.type]
    try:
        policy = key_policy(reading.resource)
    except ValueError:
        yield rule.finding(reading, "has a key policy that cannot be read", verdict="undetermined", at=path)
        return
    if policy is None or policy is UNKNOWN:
        return
    told = dict.fromkeys(who for one in policy if one.allows for who in outsiders(one, reading.law))
    for who in told:
        yield rule.finding(reading, f"has a key policy that lets in {who}", at=path)


rule = Rule(
    id="KEY-003",
    name="key-outsiders",
    title="No key policy lets an outsider use or administer a key.",
    severity="critical",
    remedy="name roles of the enclave's own accounts; bind a service to them by aws:SourceAccount or aws:SourceArn",
    check=check,
    types=frozenset(KEY_POLICIES),
    placing=False,
    package="aws",
)
