"""JUR-051: user data goes only to sites at a stage that takes it, and a site that is not there holds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.copied import buckets_copied_to
from enclave_policies.key_custody.owner import owner, owners
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.enclave import stages_of
from enclave_policies.reading.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

NOWHERE: Final = "at no known stage"


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge resources by the stage of the site that they say they belong to, and copies by that of their target."""
    stages = stages_of(stack)
    if not stages or reading.resource.as_provider is not None or reading.resource.only_read:
        return
    site = owner(reading).site or ""
    if site in stages and not _has(reading, stages[site], "built"):
        said = stages[site] or NOWHERE
        yield rule.finding(reading, f"is of site {shown(site)}, which is {said} and so has no resources")
    data = " and ".join(sorted(_user_data(reading, stack)))
    for claim, bucket in buckets_copied_to(reading, stack) if data else ():
        site = owner(bucket).site or ""
        if site in stages and not _has(reading, stages[site], "takes"):
            said, where = stages[site] or NOWHERE, " or ".join(reading.law.lifecycle.with_("takes"))
            problem = (
                f"would copy data of class {data} to site {shown(site)} ({claim.path}), which is {said}; "
                f"user data goes to sites that are {where}"
            )
            yield rule.finding(reading, problem, claim=claim)


def _has(reading: Reading, stage: str, ability: str) -> bool:
    return stage in reading.law.lifecycle.with_(ability)


def _user_data(reading: Reading, stack: Stack) -> frozenset[str]:
    custody = custody_of(reading.law)
    held = (custody.held(one.classes) for one in owners(reading, custody.types.get(reading.resource.type), stack))
    return frozenset().union(*held) - reading.law.lifecycle.without_user_data


rule = StackRule(
    id="JUR-051",
    name="site-stage",
    title="User data goes only to sites at a stage that takes it, and a site that is not there has no resources.",
    severity="critical",
    remedy="let the site go through its stages first (`enclave site promote SITE STACK`; law/lifecycle.yaml)",
    check=check,
    placing=False,
)
