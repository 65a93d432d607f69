"""JUR-051: user data goes only to sites at a stage that takes it, and a site that is not there holds nothing.

Nobody is given the right to write where a site drains; before it is live, its empty stores may have users.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.access.bundles import bundles_of
from enclave_policies.access.inspection import is_copy
from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.copied import buckets_copied_to
from enclave_policies.key_custody.owner import owner, owners
from enclave_policies.key_custody.writing import written
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.enclave import stages_of
from enclave_policies.reading.rule import StackRule
from hosts.gateway.bundle import SETTINGS, settings_of
from hosts.gateway.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

NOWHERE: Final = "at no known stage"
READS_ONLY: Final = "deploy the bundle that `enclave up` makes of a site that drains (its routes say `reads_only`)"
LEAVE: Final = "let it read alone (s3:GetObject, kms:Decrypt) while the site drains, or take the site back to live"


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
    yield from _written(reading, stack, stages)


def _written(reading: Reading, stack: Stack, stages: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what gives somebody the right to write user data where a site holds it and takes no more."""
    closed = {
        name for name, stage in stages.items() if _has(reading, stage, "holds") and not _has(reading, stage, "takes")
    }
    if not closed:
        return
    yield from _routed(reading, stages, closed)
    told = set()
    for kept, path in written(reading, stack):
        site, data = owner(kept).site or "", " and ".join(sorted(_user_data(kept, stack)))
        if site in closed and data and not is_copy(kept.resource) and (kept.resource.urn, path) not in told:
            told.add((kept.resource.urn, path))
            problem = (
                f"lets somebody write data of class {data} by {kept.resource.name} of site {shown(site)} ({path}), "
                f"which is {stages[site]} and takes no more"
            )
            yield rule.finding(reading, problem, at=path, remedy=LEAVE)


def _routed(reading: Reading, stages: Mapping[str, str], closed: set[str]) -> Iterator[Finding]:
    """Yield the routes by which a gateway of a site that takes no more would let people write user data."""
    for bundle in bundles_of(reading.resource):
        try:
            settings = settings_of((bundle.files or {})[SETTINGS])
        except (BundleError, KeyError):
            continue  # ACC-002 refuses what is damaged
        for route in settings.routes if settings.site in closed else ():
            if route.data_class not in reading.law.lifecycle.without_user_data and not route.reads_only:
                problem = (
                    f"lets people write data of class {route.data_class} below {route.prefix} at site "
                    f"{shown(settings.site)} ({bundle.path}), which is {stages[settings.site]} and takes no more"
                )
                yield rule.finding(reading, problem, at=bundle.path, remedy=READS_ONLY)


def _has(reading: Reading, stage: str, ability: str) -> bool:
    return stage in reading.law.lifecycle.with_(ability)


def _user_data(reading: Reading, stack: Stack) -> frozenset[str]:
    custody = custody_of(reading.law)
    held = (custody.held(one.classes) for one in owners(reading, custody.types.get(reading.resource.type), stack))
    return frozenset().union(*held) - reading.law.lifecycle.without_user_data


rule = StackRule(
    id="JUR-051",
    name="site-stage",
    title="User data goes only to sites that take it, nobody may write to one that drains, and one not built is empty.",
    severity="critical",
    remedy="let the site go through its stages first (`enclave site promote SITE STACK`; law/lifecycle.yaml)",
    check=check,
    placing=False,
)
