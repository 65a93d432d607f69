"""ACC-012: what a site's inspection must consist of is there, and the inspector sees what was declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.access.declared import IN_AWS, IN_CLUSTER, in_aws, in_cluster, sites_in_aws
from enclave_policies.access.delivered import undelivered
from enclave_policies.access.grants import copies, document, trusts
from enclave_policies.access.hosts import hosts_of
from enclave_policies.access.inspection import is_copy
from enclave_policies.access.looking import blind, unseen_in_aws, unseen_in_cluster
from enclave_policies.access.programs import shut_out
from enclave_policies.access.watched import misrun, unwatched
from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.owner import owner
from enclave_policies.reading.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.access.declared import InAws
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

TRAIL: Final = "aws:cloudtrail/trail:Trail"
SHOWN: Final = 3


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge the components that tell what an inspection must be, and the hosts that add to a copy."""
    kind = reading.resource.type
    if kind not in (IN_AWS, IN_CLUSTER):
        yield from _hosts(reading, stack)
        for at, problem, verdict in (*undelivered(reading, stack), *misrun(reading, stack)):
            yield rule.finding(reading, problem, at=at, verdict=verdict)
        return
    try:
        found = list(_in_aws(reading, stack) if kind == IN_AWS else _in_cluster(reading, stack))
    except (KeyError, TypeError, ValueError):
        yield rule.finding(reading, "does not say what the inspection must consist of", at="site")
        return
    for at, problem in found:
        yield rule.finding(reading, problem, at=at)


def _in_aws(reading: Reading, stack: Stack) -> Iterator[tuple[str, str]]:
    site = in_aws(reading)
    bucket = stack.buckets.get(site.bucket)
    if bucket is None or not is_copy(bucket.resource):
        yield "bucket", f"has no copy of the record for the inspector: the bucket {shown(site.bucket)} is not there"
    trails = [one for one in copies(stack) if one.resource.type == TRAIL]
    if not any(one.setting("name") == site.trail for one in trails):
        yield "trail", f"has nothing that fills the inspector's copy: the trail {shown(site.trail)} is not there"
    for at, called in (("reader", site.reader), ("keeper", site.keeper)):
        trust = trusts(stack).get(called)
        if trust is None or trust.inspector != site.inspector:
            yield at, f"shuts the inspector {site.inspector} out: no role {shown(called)} lets it in"
        elif not all(one.allows for one in document(trust.reading.setting("assumeRolePolicy"))):
            yield at, f"shuts the inspector {site.inspector} out: the role {shown(called)} refuses somebody"
        elif trust.reading.setting("permissionsBoundary"):
            yield at, f"shuts the inspector {site.inspector} out: the role {shown(called)} has a boundary"
    reader = trusts(stack).get(site.reader)
    if reader is not None and (unseen := unseen_in_aws(site.looks, reader, stack)):
        yield "looks", f"shuts the inspector {site.inspector} out of what it was declared to see: {_some(unseen)}"
    if site.watch is not None:
        yield from (("watch", problem) for problem in shut_out(site.watch, stack))


def _in_cluster(reading: Reading, stack: Stack) -> Iterator[tuple[str, str]]:
    site = in_cluster(reading)
    yield from unwatched(site, stack)
    if unlooked := [f"{resource.removeprefix('/')} of {space}" for space, resource in blind(site, stack)]:
        yield "watch", f"shuts the watch out of what it looks at: {_some(unlooked)}"
    unseen: dict[tuple[str, str], list[str]] = {}
    for group, space, resource in unseen_in_cluster(site, stack):
        unseen.setdefault((group, space), []).append(resource.removeprefix("/"))
    for (group, space), resources in unseen.items():
        where = f"of the namespace {shown(space)}" if space else "of the cluster"
        yield (
            "namespaces" if space else "cluster",
            f"shuts the inspector {shown(group)} out {where}: {_some(resources)}",
        )


def _hosts(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge whether the hosts of a gateway add their record to the copy of their site, where one is declared."""
    sites = {site.site: site for site in sites_in_aws(stack)}
    if not sites:
        return
    for host in hosts_of(reading.resource):
        site = sites.get(owner(reading).site or "".join(host.sites))
        if site is None or host.sites != (site.site,) or host.records != (site.bucket,):
            yield rule.finding(reading, _unrecorded(site), at=host.path)


def _unrecorded(site: InAws | None) -> str:
    where = f"the inspector's copy {shown(site.bucket)}" if site else "an inspector's copy"
    return f"starts a gateway that does not add its record to {where} (ENCLAVE_SITE, ENCLAVE_RECORDS)"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


rule = StackRule(
    id="ACC-012",
    name="inspection-whole",
    title="What a site's inspection must consist of is there, and the inspector sees what was declared.",
    severity="critical",
    remedy="let the program make the inspection whole, or take the inspector out of the declaration",
    check=check,
    placing=False,
)
