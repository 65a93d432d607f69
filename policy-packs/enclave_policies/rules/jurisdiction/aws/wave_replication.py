"""JUR-058: S3 brings a wave in by the declared role, from one bucket to one, and nothing leads back or is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.owner import buckets_of, owner
from enclave_policies.key_custody.wave_replicas import other_policies, other_rights, otherwise_replicated
from enclave_policies.places.regions import only_stand_ins
from enclave_policies.reading.enclave import leaving_of, waves_of
from enclave_policies.reading.rule import StackRule
from enclave_policies.reading.stack import BUCKET_TYPES
from enclave_policies.reading.wave_inwards import inwards
from enclave_policies.reading.wave_replications import TYPE, replication_in, replications_of
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack
    from hosts.wave.replication import Replication

CONFIG: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
INLINE: Final = ("replicationConfiguration", "replicationConfigurations")


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge what is declared, replications out of sites that are left, and all that names a role of a wave."""
    resource = reading.resource
    if resource.type == TYPE:
        yield from _declared(reading, stack)
    elif resource.as_provider is None and not resource.only_read:
        declared = replications_of(stack)
        yield from _out_of_a_site(reading, stack)
        problems = [each for one in declared.values() for each in other_rights(reading, stack, one)]
        for path, problem in (*problems, *(other_policies(reading, stack) if declared else ())):
            yield rule.finding(reading, f"{problem} ({path})", at=path)


def _declared(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Yield why a wave may not be brought in so: where it leads, from where, on which basis, into which bucket."""
    try:
        one = replication_in(reading)
    except (KeyError, TypeError, ValueError):
        yield rule.finding(reading, "does not say what is replicated", verdict="undetermined")
        return
    for what, problem in inwards(stack, reading.law, one.wave, one.target.site):
        yield rule.finding(reading, problem, at="wave" if what == "wave" else "target.site")
    site = leaving_of(stack).get(one.source.site)
    if waves_of(stack).get(one.wave, ("",))[0] != one.source.site or site is None:
        problem = f"would take wave {shown(one.wave)} from site {shown(one.source.site)}, which it does not lead out of"
        yield rule.finding(reading, problem, at="source.site")
    elif (site.account, site.region) != (one.source.account, one.source.region):
        problem = f"would take it from account {one.source.account}, {one.source.region}; the site is in {site.account}"
        yield rule.finding(reading, f"{problem}, {site.region}", at="source.account")
    elif not reading.law.approves(site.country):
        yield from _based(reading, stack, one)
    kept = stack.buckets.get(one.target.bucket)
    if kept is None:
        problem = f"would fill the bucket {shown(one.target.bucket)}, which is not of this stack"
        yield rule.finding(reading, problem, verdict="undetermined", at="target.bucket")
    elif owner(kept).site != one.target.site:
        problem = f"would fill the bucket {shown(one.target.bucket)}, which is not of site {shown(one.target.site)}"
        yield rule.finding(reading, problem, at="target.bucket")


def _based(reading: Reading, stack: Stack, one: Replication) -> Iterator[Finding]:
    """Yield that no row of the law in force is about this role and these buckets."""
    law, kept = reading.law, stack.buckets.get(one.target.bucket)
    asked = kept.resource.provider if kept is not None else None
    stands_in = asked is not None and only_stand_ins(asked.setting("endpoints"), law)
    wanted = one.role.rpartition("/")[2], one.source.bucket, one.target.bucket
    for found in law.transitions.replications(stack.name, one.wave, law.day):
        row, basis = found.row, found.row.replication
        counts = row.site.name == one.source.site and (stands_in or not row.stand_in)
        if basis is not None and counts and (basis.role, basis.source, basis.target) == wanted:
            return
    problem = (
        f"would bring wave {shown(one.wave)} in by the role {shown(wanted[0])}, from {shown(wanted[1])} to "
        f"{shown(wanted[2])}; no row of law/transitional.yaml that is in force names them (replication)"
    )
    yield rule.finding(reading, problem, at="role")


def _out_of_a_site(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Yield in what a replication out of a site that is left, or by a wave's role, is another than the declared one."""
    type_ = reading.resource.type
    if type_ in BUCKET_TYPES:
        for path in INLINE if _is_left(reading, (reading,), stack) else ():
            if reading.setting(path):
                problem = f"replicates out of a site that is left by a setting of its own ({path})"
                yield rule.finding(reading, f"{problem}; a wave's 'replication' does", at=path)
    if type_ != CONFIG:
        return
    one = replications_of(stack).get(str(reading.setting("role", UNKNOWN)))
    if one is not None:
        for path, problem in otherwise_replicated(reading, stack, one):
            yield rule.finding(reading, f"{problem} ({path}), for wave {shown(one.wave)}", at=path)
    elif _is_left(reading, buckets_of(reading, "bucket", stack), stack):
        problem = "replicates out of a site that is left by a role (role) that no wave declares for that"
        yield rule.finding(reading, problem, at="role")


def _is_left(reading: Reading, buckets: tuple[Reading, ...], stack: Stack) -> bool:
    left = leaving_of(stack)
    return bool(reading.law.let_in) or any(owner(one).site in left for one in buckets)


rule = StackRule(
    id="JUR-058",
    name="wave-replication",
    title="S3 brings a wave in by the role and between the buckets that law and declaration name, and only inwards.",
    severity="critical",
    remedy=(
        "let a row of law/transitional.yaml name role and buckets (replication), and declare it by 'replication' of "
        "the wave; the program makes all else of that"
    ),
    check=check,
    concerns=lambda type_, _law: type_ == TYPE or type_.startswith("aws:"),
    placing=False,
)
