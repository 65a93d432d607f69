"""KEY-008: a key stays usable, and its policy can be put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.inspection import is_copy
from enclave_policies.key_custody.policies import KEY_POLICIES, PUT_POLICY, allowed, allowing
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

BYPASS = "bypassPolicyLockoutSafetyCheck"
AT_ONCE = ("kms:deleteimportedkeymaterial",)
"""Destroys a key without any waiting."""


def check(reading: Reading) -> Iterator[Finding]:
    """Judge the switches of a key or a key policy, and who may destroy the key at once."""
    resource = reading.resource
    if reading.setting(BYPASS) not in (None, False) and not (is_copy(resource) and _can_be_put_right(reading)):
        yield rule.finding(reading, f"lets a policy lock everybody out ({BYPASS})", at=BYPASS)
    for name in ("isEnabled", "enabled"):
        if reading.setting(name) not in (None, True):
            yield rule.finding(reading, f"is a disabled key, so what it encrypts cannot be read ({name})", at=name)
    if any(allowed(one, AT_ONCE) for one in allowing(resource)):
        problem = "has a policy that lets somebody destroy its material without a waiting time"
        yield rule.finding(reading, problem, at=KEY_POLICIES[resource.type])


def _can_be_put_right(reading: Reading) -> bool:
    """Return whether somebody may change the policy: of the inspector's key not who makes it (ACC-007)."""
    return any(allowed(one, [PUT_POLICY]) for one in allowing(reading.resource))


rule = Rule(
    id="KEY-008",
    name="key-lifecycle",
    title="A key stays usable, its policy can be put right, and nobody destroys it at once.",
    severity="high",
    remedy="leave bypassPolicyLockoutSafetyCheck out, keep the key enabled, allow no kms:DeleteImportedKeyMaterial",
    check=check,
    types=frozenset(KEY_POLICIES),
    placing=False,
    package="aws",
)
