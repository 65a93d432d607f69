"""ACC-010: no person reads a store by a right of their own: people reach data through a gateway only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.access.actions import actions
from enclave_policies.access.attachments import attached, granted
from enclave_policies.access.cluster_rights import bindings
from enclave_policies.access.grants import SOMEBODY, document, names_of, reaches, who_gets, who_is
from enclave_policies.access.inspection import is_copy
from enclave_policies.access.who import let_in
from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.owner import buckets_of
from enclave_policies.kubernetes.objects import PREFIX
from enclave_policies.kubernetes.roles import permits
from enclave_policies.reading.gathered import once
from enclave_policies.reading.rule import StackRule
from enclave_policies.reading.stack import BUCKET_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.iam.documents import Statement
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
RESTRICTED: Final = "restricted"
AS_PROGRAM: Final = "serviceaccounts/token"
SHELLS: Final = (
    "pods/exec",
    "pods/attach",
    "pods/portforward",
    "pods/proxy",
    "services/proxy",
    "pods/ephemeralcontainers",
    AS_PROGRAM,
)
HOSTS: Final = [
    f"arn:aws:ec2:eu-west-1:000000000000:instance/{SOMEBODY}",
    f"arn:aws:ecs:eu-west-1:000000000000:task/{SOMEBODY}",
]
"""Nobody's host is called so: what stands for it stands for all."""
OPENING: Final = frozenset({"create", "get", "update", "patch", "*"})
MACHINES: Final = ("system:node", "system:serviceaccount", "system:kube-")


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge what people are given: by identities, by the policies of buckets, by bindings in a cluster."""
    if reading.resource.type.startswith(PREFIX):
        yield from _cluster(reading, stack)
    elif reading.resource.type == POLICY:
        yield from _bucket(reading, stack)
    elif who := who_gets(reading, stack):
        for path, one in granted(reading, stack):
            for what in _stores(one, stack):
                problem = f"lets {who.told} read a store round the gateway: {what}"
                yield rule.finding(reading, problem, verdict=who.verdict, at=path)
            for what in _shells(one):
                problem = f"lets {who.told} onto any host past the gateway: {what}"
                yield rule.finding(reading, problem, verdict=who.verdict, at=path)
        for policy in attached(reading, stack):
            if policy.allows is None:
                problem = f"gives {who.told} a policy that does not stand here ({shown(policy.name)})"
                yield rule.finding(reading, problem, verdict="undetermined", at=policy.path)


@once
def _restricted(stack: Stack) -> Mapping[str, list[str]]:
    """Return the ARNs by which each bucket with restricted data is named, by the bucket's URN."""
    found: dict[str, list[str]] = {}
    for type_ in BUCKET_TYPES:
        for reading in stack.of_type(type_):
            tags = reading.setting("tags")
            classes = str(tags.get("data-class", "")) if isinstance(tags, dict) else ""
            if RESTRICTED in classes.split("+") and not is_copy(reading.resource):
                found[reading.resource.urn] = names_of(reading)
    return found


def _stores(one: Statement, stack: Stack) -> Iterator[str]:
    """Yield in words what a statement reads of the stores."""
    reads = sorted({found for action in one.actions or ("*",) for found in actions().reading(action)})
    held = [action for action in reads if action in actions().hold]
    for names in _restricted(stack).values():
        if held and reaches(one, names):
            yield f"{held[0]} of {shown(names[-1].removesuffix('/any'))}"
            return
    others = [action for action in reads if action not in actions().hold]
    everything = reaches(one, [f"arn:aws:dynamodb:eu-west-1:000000000000:table/{SOMEBODY}", SOMEBODY])
    if others and everything and not actions().narrows(one.conditions):
        yield f"{others[0]} of anything"


def _shells(one: Statement) -> Iterator[str]:
    """Yield by what a statement opens shells on any host."""
    opened = sorted({found for action in one.actions or ("*",) for found in actions().opening(action)})
    if opened and reaches(one, HOSTS) and not actions().narrows(one.conditions):
        yield opened[0]


def _bucket(reading: Reading, stack: Stack) -> Iterator[Finding]:
    if not any(bucket.resource.urn in _restricted(stack) for bucket in buckets_of(reading, "bucket", stack)):
        return
    for one in document(reading.setting("policy")):
        if not one.allows or not any(actions().reading(action) for action in one.actions or ("*",)):
            continue
        for text, door in let_in(one, reading.law):
            if who := who_is(door, stack):
                problem = f"lets {shown(text)} read a store round the gateway"
                yield rule.finding(reading, problem, verdict=who.verdict, at="policy")


def _cluster(reading: Reading, stack: Stack) -> Iterator[Finding]:
    for binding in bindings(reading):
        who = next((name for name in binding.people() if not name.startswith(MACHINES)), None)
        rules = binding.rules(stack) or ()
        for door in SHELLS if who else ():
            asked = (door, f"{door.partition('/')[0]}/*")
            if any(permits(one, ("",), asked, OPENING) for one in rules):
                doing = "act as a program" if door == AS_PROGRAM else "into pods"
                problem = f"lets {shown(str(who))} {doing} past the gateway ({door})"
                yield rule.finding(reading, problem, at=binding.path)


rule = StackRule(
    id="ACC-010",
    name="round-gateway",
    title="No person reads a store by a right of their own: people reach data through a gateway only.",
    severity="critical",
    remedy="give the right to a program's role, and let people ask the gateway",
    check=check,
    placing=False,
)
