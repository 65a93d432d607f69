"""JUR-028: what a resource joins or accepts is of the same stack, so that somebody has judged where it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.reading.rule import StackRule
from enclave_policies.reading.stack import called, sources
from enclave_policies.texts.shapes import SERVICE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

SPANNING = re.compile(r"global\w*|multiRegion\w*|vpcPeeringConnectionId")
"""Inputs that name something which may span regions or belong to others; other ids stay within their region."""
ACCEPTING = re.compile(r"(Accept[eo]r|Confirmation)$")
"""Types that say yes to what somebody asked for: whatever they name is the other end's, or leads to it."""
GLOBAL = frozenset(
    {
        "aws:docdb/globalCluster:GlobalCluster",
        "aws:neptune/globalCluster:GlobalCluster",
        "aws:rds/globalCluster:GlobalCluster",
    }
)
"""Types that are nothing but what their members join, wherever those are."""
MEMBERS = frozenset({"aws:docdb/cluster:Cluster", "aws:neptune/cluster:Cluster", "aws:rds/cluster:Cluster"})
MEMBERSHIP, FIRST_MEMBER = "globalClusterIdentifier", "sourceDbClusterIdentifier"
SOMEBODYS_SERVICE = ".vpce-svc-"


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge global databases that are joined or have no members, what is accepted, endpoint services of others."""
    for path, name in dict(_joined(reading)).items():
        if name not in stack.names and not name.lower().startswith(
            "arn:"
        ):  # an ARN's parts are JUR-004's and JUR-011's
            problem = f"joins or takes from {shown(name)} ({path}), which this stack does not make"
            yield rule.finding(reading, problem, verdict="undetermined")
    if reading.resource.type in GLOBAL and not _has_members(reading, stack):
        problem = f"is there for members in any region ({MEMBERSHIP}), and this stack makes none of them"
        yield rule.finding(reading, problem, verdict="undetermined")


def _has_members(reading: Reading, stack: Stack) -> bool:
    """Return whether this stack makes a member of a global database, so that somebody has judged where one is."""
    first = (source.resource.type for source in sources(reading, FIRST_MEMBER, stack))
    if str(reading.setting(FIRST_MEMBER)) in stack.names or not MEMBERS.isdisjoint(first):
        return True
    names = called(reading)
    return any(
        other.setting(MEMBERSHIP) in names or reading in sources(other, MEMBERSHIP, stack)
        for type_ in MEMBERS
        for other in stack.of_type(type_)
    )


def _joined(reading: Reading) -> Iterator[tuple[str, str]]:
    accepts = ACCEPTING.search(reading.resource.type) is not None
    for mention in reading.of("joins"):
        if isinstance(mention.value, str) and (accepts or SPANNING.fullmatch(mention.path.rpartition(".")[2])):
            yield mention.path, mention.value
    service = reading.setting("serviceName")
    if isinstance(service, str) and SOMEBODYS_SERVICE in service and SERVICE_NAME.fullmatch(service):
        yield "serviceName", service


rule = StackRule(
    id="JUR-028",
    name="membership",
    title="What a resource joins or accepts is of the same stack.",
    severity="high",
    remedy="declare the other end in this stack, or have this one reviewed and excepted (law/exceptions.yaml)",
    check=check,
    roles=frozenset({"joins", "place"}),
)
