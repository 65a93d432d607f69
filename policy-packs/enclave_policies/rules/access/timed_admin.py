"""ACC-011: whoever may do anything may do so for a while: people's administration has an end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.attachments import attached
from enclave_policies.access.cluster_rights import bindings
from enclave_policies.access.grants import document, given, trust_of, who_gets
from enclave_policies.access.managed import managed_policies
from enclave_policies.iam.wildcards import matches
from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import PREFIX
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.iam.documents import Statement
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

LONGEST: Final = 4 * 3600
"""Seconds that a session of an administrator lasts at most: as long as a grant."""
NOW: Final = "aws:currenttime"
SINCE: Final = "aws:multifactorauthage"
BEFORE: Final = frozenset({"datelessthan", "datelessthanequals"})
UNDER: Final = frozenset({"numericlessthan", "numericlessthanequals"})
SET: Final = "aws:ssoadmin/permissionSet:PermissionSet"
ADMINISTERS: Final = frozenset({"cluster-admin"})
OWN: Final = ("system:",)
"""Groups that Kubernetes itself makes; of these `system:masters` has the role from the start."""
DURATION: Final = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", re.ASCII)
STRANGE: Final = "anything:5e5e5e5e"
"""No action is called so: what stands for it stands for all."""


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge what people get that changes anything, and in a cluster who gets everything."""
    if reading.resource.type.startswith(PREFIX):
        yield from _cluster(reading)
        return
    who = who_gets(reading, stack)
    if not who or _ends(reading, stack):
        return
    policies = list(attached(reading, stack))
    theirs = [(policy.path, one) for policy in policies if not policy.of_aws for one in policy.allows or ()]
    for path, one in (*given(reading), *theirs):
        if any(matches(STRANGE, str(action)) for action in one.actions or ("*",)) and not _is_timed(one):
            yield rule.finding(reading, f"lets {who.told} do anything, for ever", verdict=who.verdict, at=path)
    for policy in policies:
        if policy.of_aws and policy.name in managed_policies().administering:
            problem = f"lets {who.told} administer the account for ever ({policy.name})"
            yield rule.finding(reading, problem, verdict=who.verdict, at=policy.path)


def _is_timed(one: Statement) -> bool:
    """Return whether a statement holds up to a day, or for a while after a second factor was shown."""
    until = any(operator in BEFORE for operator, _ in one.conditions.get(NOW, ()))
    return until or any(
        operator in UNDER and all(str(value).isdigit() and int(str(value)) <= LONGEST for value in values)
        for operator, values in one.conditions.get(SINCE, ())
    )


def _ends(reading: Reading, stack: Stack) -> bool:
    """Return whether sessions end by how they begin: by a role's trust, or a permission set's length."""
    trust = trust_of(reading, stack)
    if trust is not None:
        allowing = [one for one in document(trust.reading.setting("assumeRolePolicy")) if one.allows]
        return bool(allowing) and all(map(_is_timed, allowing))
    if "permissionSetArn" not in reading.settings:
        return False
    named = reading.setting("permissionSetArn")
    found = [
        _sets(stack).get(one)
        for one in (named, *reading.resource.depends.get("permissionSetArn", ()))
        if isinstance(one, str)
    ]
    return any(length is not None and length <= LONGEST for length in found)


@once
def _sets(stack: Stack) -> Mapping[str, int]:
    """Return how many seconds sessions of each permission set last, by its URN and its ARN."""
    found: dict[str, int] = {}
    for names, length in each(stack, stack.of_type(SET), _session):
        found.update(dict.fromkeys(names, length))
    return found


def _session(reading: Reading) -> tuple[list[str], int]:
    told = reading.setting("sessionDuration")
    parts = DURATION.fullmatch(told) if isinstance(told, str) else None
    hours, minutes, seconds = (int(part or 0) for part in parts.groups()) if parts else (1, 0, 0)  # AWS's default
    length = LONGEST + 1 if told is UNKNOWN else hours * 3600 + minutes * 60 + seconds
    names: list[Any] = [reading.resource.urn, reading.resource.outputs.get("arn"), reading.resource.outputs.get("id")]
    return [name for name in names if isinstance(name, str)], length


def _cluster(reading: Reading) -> Iterator[Finding]:
    """A cluster's roles know no time, so a person has all rights by an exception of the law, which ends by itself."""
    for binding in bindings(reading):
        for name in binding.people() if binding.role in ADMINISTERS else ():
            if not name.startswith(OWN) or name == "system:authenticated":
                problem = f"lets {shown(name)} do anything in the cluster, for ever"
                yield rule.finding(reading, problem, at=binding.path)


rule = StackRule(
    id="ACC-011",
    name="timed-admin",
    title="Whoever may do anything may do so for a while: people's administration has an end.",
    severity="high",
    remedy="end it by aws:CurrentTime or aws:MultiFactorAuthAge, or let sessions of the permission set last PT4H; "
    "in a cluster have the binding excepted for a while (law/exceptions.yaml)",
    check=check,
    placing=False,
)
