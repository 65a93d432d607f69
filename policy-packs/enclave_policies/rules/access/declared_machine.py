"""ACC-016: hosts of a gateway start from the machine image that is declared for their site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.access.hosts import hosts_of
from enclave_policies.access.meant import gateways_meant
from enclave_policies.identifiers.shown import shown
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

INPUT: Final = {"aws:ec2/instance:Instance": "ami"}
"""The input that names the image, where it is not called imageId."""
FROM_TEMPLATE: Final = "launchTemplate"


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge the image of everything that launches hosts of a gateway."""
    path = INPUT.get(reading.resource.type, "imageId")
    for host in hosts_of(reading.resource):
        image = reading.setting(path)
        if image is None and reading.setting(FROM_TEMPLATE):
            continue  # the template is judged by itself
        declared = {
            meant.machine_image
            for (site, _), meant in gateways_meant(stack).items()
            if site in host.sites and meant.machine_image
        }
        if image is UNKNOWN:
            problem = "starts hosts of a gateway from a machine image that is not known yet"
            yield rule.finding(reading, problem, verdict="undetermined", at=path)
        elif image not in declared:
            known = f"for its site, {' or '.join(sorted(declared))} is declared" if declared else "none is declared"
            named = shown(image) if isinstance(image, str) else "nothing"
            yield rule.finding(reading, f"starts hosts of a gateway from {named}, and {known}", at=path)


rule = StackRule(
    id="ACC-016",
    name="declared-machine",
    title="Hosts of a gateway start from the machine image that is declared for their site.",
    severity="critical",
    remedy="name the image in the gateway's machine_images, once somebody has looked at what is in it",
    check=check,
    placing=False,
)
