"""ACC-013: what runs a gateway starts as approved, and whatever stands before it says from where people come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.front_config import leads_to
from enclave_policies.access.launched import joined, passing, told
from enclave_policies.access.led import led_elsewhere
from enclave_policies.access.pods_beside import neighbours
from enclave_policies.access.pods_started import problems, unknown, what
from enclave_policies.access.recognised import started
from enclave_policies.access.ways import beside, fronts_configurations, gateways_service, patched
from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import PREFIX
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge pods and configurations in a cluster, and user data and target groups in AWS."""
    if reading.resource.type.startswith(PREFIX):
        yield from _pods(reading, stack)
        yield from _configurations(reading, stack)
        return
    for path, problem in (*told(reading), *joined(reading, stack), *passing(reading, stack)):
        yield rule.finding(reading, problem, at=path)
    for path, problem, unknown_yet in led_elsewhere(reading, stack):
        yield rule.finding(reading, problem, verdict="undetermined" if unknown_yet else "fail", at=path)


def _pods(reading: Reading, stack: Stack) -> Iterator[Finding]:
    for pods in started(reading, stack):
        if unknown(pods):
            problem = f"starts a {what(pods)} in a way that is not known ({pods.path})"
            yield rule.finding(reading, problem, verdict="undetermined", at=pods.path)
            continue
        for path, problem in (*problems(pods), *neighbours(pods), *beside(pods, reading, stack)):
            yield rule.finding(reading, f"{problem} ({path})", at=path)
    for path, problem in patched(reading, stack):
        yield rule.finding(reading, f"{problem} ({path})", at=path)


def _configurations(reading: Reading, stack: Stack) -> Iterator[Finding]:
    for path, text, fixed in fronts_configurations(reading):
        found = leads_to(text)
        if text is UNKNOWN:
            problem = f"holds a front's configuration that is not known ({path})"
            yield rule.finding(reading, problem, verdict="undetermined", at=path)
        elif found is None:
            problem = "holds a front's configuration that does more than to lead people to a gateway and to say first"
            yield rule.finding(reading, f"{problem} from where they come ({path})", at=path)
        elif not fixed:
            problem = f"holds a front's configuration, and can be changed where it lies ({path})"
            yield rule.finding(reading, problem, at=path)
        elif not gateways_service(found, reading, stack):
            problem = f"leads people to {shown(found[0])}, which is no Service of a gateway's pods ({path})"
            yield rule.finding(reading, problem, at=path)


rule = StackRule(
    id="ACC-013",
    name="started-as-approved",
    title="What runs a gateway starts as approved, and whatever stands before it says from where people come.",
    severity="critical",
    remedy="let the components make its pods and hosts; an approval is of a bundle and an image that start like that",
    check=check,
    placing=False,
)
