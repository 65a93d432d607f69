"""KEY-006: no key has copies in other Regions, and nobody can make one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.key_custody.keyring import KEYS, REPLICAS
from enclave_policies.key_custody.policies import KEY_POLICIES, allowed, allowing
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

MANY = "multiRegion"
COPIES = ("kms:replicatekey", "kms:updateprimaryregion")


def check(reading: Reading) -> Iterator[Finding]:
    """Judge keys, replicas, and what a key's policy allows."""
    resource = reading.resource
    if resource.type in REPLICAS:
        yield rule.finding(reading, "is a copy of a key that exists in another Region", at="primaryKeyArn")
    elif resource.type in KEYS:
        many = reading.setting(MANY)
        if many is UNKNOWN:
            yield rule.finding(
                reading, "may be a multi-Region key: multiRegion is not known yet", verdict="undetermined", at=MANY
            )
        elif many:
            problem = "is a multi-Region key, whose material AWS may copy to other Regions"
            yield rule.finding(reading, problem, at=MANY)
    if resource.type in KEY_POLICIES and any(allowed(one, COPIES) for one in allowing(resource)):
        problem = "has a policy that lets somebody copy the key to another Region"
        yield rule.finding(reading, problem, at=KEY_POLICIES[resource.type])


rule = Rule(
    id="KEY-006",
    name="multi-region-key",
    title="No key has copies in other Regions, and nobody can make one.",
    severity="critical",
    remedy="make one key for each site (multiRegion false), and allow neither kms:ReplicateKey nor UpdatePrimaryRegion",
    check=check,
    types=KEYS,
    placing=False,
    package="aws",
)
