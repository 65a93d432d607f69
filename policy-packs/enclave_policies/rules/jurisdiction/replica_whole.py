"""JUR-056: what must survive the loss of a site is at every site that people are sent to, store by store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.keeping import keeps
from enclave_policies.key_custody.owner import owner, owners
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.enclave import TYPE, stages_of
from enclave_policies.reading.failover import failovers_of
from enclave_policies.reading.gathered import once
from enclave_policies.reading.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.reading.failover import Failover
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge the replicas as a whole where they are told, and each store by the replicas that copy it."""
    failovers = failovers_of(stack)
    if not failovers or reading.resource.as_provider is not None or reading.resource.only_read:
        return
    if reading.resource.type == TYPE:
        for failover in failovers:
            yield from _everywhere(reading, failover)
            yield from _their_own(reading, failover, stack)
    elif keeps(reading):
        for failover in failovers:
            yield from _covered(reading, failover, stack)


def _everywhere(reading: Reading, failover: Failover) -> Iterator[Finding]:
    """Yield the sites that people are sent to, and where a class that must survive would not be."""
    for data_class in sorted(failover.classes):
        replicas = [each for each in failover.replicas.values() if data_class in each.classes]
        have = {site for each in replicas for site in (each.source, each.target)}
        without = [site for site in failover.order if site not in have]
        if without:
            where = " and ".join(map(shown, without))
            problem = f"would send people to {where}, where no replica brings data of class {data_class}"
            yield rule.finding(reading, f"{problem}, which must survive (failover.replicas)", at="failover.replicas")


def _their_own(reading: Reading, failover: Failover, stack: Stack) -> Iterator[Finding]:
    """Yield buckets that are named for a site, and are another's or unknown; the stack shows no store of our own."""
    for name, replica in failover.replicas.items():
        path, known = f"failover.replicas.{name}.buckets", _sites_of_buckets(stack)
        for site in (each for each in (replica.source, replica.target) if each in known):
            for bucket in sorted(replica.at(site) - reading.law.buckets):
                found = stack.buckets.get(bucket)
                other = owner(found).site if found is not None else None
                if found is None:
                    problem = (
                        f"names the bucket {shown(bucket)} of site {shown(site)} ({path}), which is not of this stack"
                    )
                    yield rule.finding(reading, problem, verdict="undetermined", at=path)
                elif other != site:
                    whose = f"of site {shown(other)}" if other else "of no site that it says"
                    problem = (
                        f"takes the bucket {shown(bucket)} for one of site {shown(site)} ({path}), and it is {whose}"
                    )
                    yield rule.finding(reading, problem, at=path)


@once
def _sites_of_buckets(stack: Stack) -> frozenset[str | None]:
    return frozenset(owner(each).site for each in stack.buckets.values())


def _covered(reading: Reading, failover: Failover, stack: Stack) -> Iterator[Finding]:
    """Yield the classes of a store that must survive, and that no replica takes from it or brings to it."""
    custody = custody_of(reading.law)
    for whose in owners(reading, custody.types.get(reading.resource.type), stack):
        held = custody.held(whose.classes) & failover.classes
        if held and whose.site is None:
            problem = f"keeps data of class {_listed(held)}, which must survive, and says no site"
            yield rule.finding(reading, problem, verdict="undetermined", remedy="say its site by the tag site")
        elif whose.site in failover.order or whose.site in _in_use(reading, stack):
            names = _names(stack).get(reading.resource.urn, frozenset())
            covering = [each for each in failover.replicas.values() if names & each.at(whose.site)]
            lost = held - frozenset().union(*(each.classes for each in covering))
            if lost:
                problem = (
                    f"keeps data of class {_listed(lost)}, which must survive the loss of site {shown(whose.site)}"
                )
                yield rule.finding(reading, f"{problem}, and no replica copies it")


@once
def _names(stack: Stack) -> Mapping[str, frozenset[str]]:
    """Return what each bucket of the stack is called, by its URN."""
    found: dict[str, set[str]] = {}
    for name, each in stack.buckets.items():
        found.setdefault(each.resource.urn, set()).add(name)
    return {urn: frozenset(names) for urn, names in found.items()}


def _in_use(reading: Reading, stack: Stack) -> frozenset[str]:
    """Return the sites at which user data may rest: it can be lost there, even where nobody is sent to."""
    return frozenset(site for site, stage in stages_of(stack).items() if stage in reading.law.lifecycle.with_("holds"))


def _listed(classes: frozenset[str]) -> str:
    return " and ".join(sorted(classes))


rule = StackRule(
    id="JUR-056",
    name="replica-whole",
    title="What must survive the loss of a site is wherever people are sent, and each of its stores is copied.",
    severity="high",
    remedy="name the bucket in a replica of that class (failover.replicas), or do not say that the class must survive",
    check=check,
    placing=False,
)
