"""JUR-028: what a resource joins or accepts is of the same stack, so that somebody has judged where it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.reading.rule import StackRule
from enclave_policies.texts.shapes import SERVICE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

SPANNING = re.compile(r"global\w*|multiRegion\w*|vpcPeeringConnectionId|transitGatewayAttachmentId")
"""Inputs that name something which may span regions or belong to others; other ids stay within their region."""
SOMEBODYS_SERVICE = ".vpce-svc-"


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge global databases that are joined, connections that are accepted, endpoint services of others."""
    for path, name in dict(_joined(reading)).items():
        if name not in stack.names and not name.lower().startswith(
            "arn:"
        ):  # an ARN's parts are JUR-004's and JUR-011's
            problem = f"joins or takes from {shown(name)} ({path}), which this stack does not make"
            yield rule.finding(reading, problem, verdict="undetermined")


def _joined(reading: Reading) -> Iterator[tuple[str, str]]:
    for mention in reading.of("joins"):
        if isinstance(mention.value, str) and SPANNING.fullmatch(mention.path.rpartition(".")[2]):
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
