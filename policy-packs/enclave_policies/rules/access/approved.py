"""ACC-006: an inspector whom the law lists has approved the bundle and the image of each gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.inspected import command, inspected
from enclave_policies.reading.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.access.inspected import Standing
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge each gateway by the approvals that there are."""
    for found in inspected(stack):
        one = found.standing
        if found.urn != reading.resource.urn or one.approval is not None:
            continue
        if one.unknown:
            problem = f"runs a gateway in an image that is not known ({found.path})"
            yield rule.finding(reading, problem, verdict="undetermined", at=found.path)
        else:
            remedy = command(one.wanted, reading.law)
            yield rule.finding(reading, _problem(one, found.path), at=found.path, remedy=remedy)


def _problem(one: Standing, path: str) -> str:
    wanted = one.wanted
    if one.unpinned:
        return f"runs a gateway beside an image that is named without a digest, which nobody can approve ({path})"
    images = " and ".join(f"sha256:{image}" for image in sorted(wanted.images))
    what = f"the bundle {wanted.bundle}{f' in the image {images}' if images else ''}"
    return f"runs {what} ({path}), which no inspector has approved for {wanted.site}; there is: {one.told()}"


rule = StackRule(
    id="ACC-006",
    name="approved-gateway",
    title="An inspector whom the law lists has approved the bundle and the image of each gateway.",
    severity="critical",
    remedy="let an inspector look at it and sign: `enclave inspect sign STACK --as NAME --key FILE --expires DATE`",
    check=check,
    placing=False,
)
