"""JUR-053: a transitional site abroad has a basis for each class of each wave, and data leads out of it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.identifiers.arns import arns_in
from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.owner import owners
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.law.transition import ending, lacking
from enclave_policies.places.hosts import region_of_host
from enclave_policies.reading.enclave import TYPE, leaving_in, leaving_of, stages_of
from enclave_policies.reading.rule import StackRule
from enclave_policies.texts.addresses import hosts_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack
    from enclave_policies.resources.claim import Claim

INWARDS: Final = frozenset({"asked", "linked"})
"""Effects by which data could come to where the resource is: it is fetched from there, or a way leads there."""


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge the declared sites by their bases, and what stands abroad by the site that it says it is of."""
    if reading.resource.type == TYPE:
        yield from _declared(reading, stack)
    elif reading.law.let_in and reading.resource.as_provider is None and not reading.resource.only_read:
        yield from _of_its_site(reading, stack)
        yield from _only_out(reading, stack)


def _declared(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Yield which transitional sites have no basis for being abroad, and which bases end soon."""
    law, built = reading.law, reading.law.lifecycle.with_("built")
    stages = stages_of(stack)
    for name, site in leaving_in(reading, stack.name).items():
        if not site.country or law.approves(site.country) or stages.get(name) not in built:
            continue
        path = f"sites.{name}"
        where = f"{law.countries.get(site.country, site.country)} ({site.country})"
        told = f"has the transitional site {shown(name)} in {where}"
        for problem in lacking(law.transitions, site, law.day):
            yield rule.finding(reading, f"{told}, {problem}", country=site.country, at=path)
        for end in ending(law.transitions, site, law.day):
            days = f"red in {end.days + 1} day{'s' if end.days else ''}, after {end.last}"
            basis = f"by the basis {end.found.row.id} ({end.found.line})"
            problem = f"{told}, {basis}, {days}: within {end.stage} days of its end"
            yield rule.finding(
                reading, problem, verdict="warned", country=site.country, at=f"{path}.exitBy", remedy=LEAVE
            )


def _of_its_site(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Yield that something is where a basis lets one site be, and is of another."""
    law, where = reading.law, reading.location
    if where.code not in law.let_in:
        return
    lets = {each.row.site.name for each in law.transitions.rows if each.row.site.region in law.let_in}
    known = custody_of(law).types.get(reading.resource.type)
    declared = leaving_of(stack)
    for site in dict.fromkeys(one.site for one in owners(reading, known, stack)):
        if site is None:
            if reading.resource.type not in law.untagged:
                problem = f"is in {where.words} and says no site (tag site), and only {_names(lets)} may be there"
                yield rule.finding(reading, problem, verdict="undetermined", country=where.country)
        elif site not in lets:
            problem = f"is in {where.words} and of site {shown(site)}; only {_names(lets)} may be there, for now"
            yield rule.finding(reading, problem, country=where.country)
        elif site not in declared or declared[site].country != where.country:
            problem = f"is in {where.words} and of site {shown(site)}, which is declared as no transitional site there"
            yield rule.finding(reading, problem, country=where.country)


def _names(sites: set[str]) -> str:
    return " or ".join(f"site {shown(each)}" for each in sorted(sites))


def _only_out(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Yield by what data of the enclave could come to a transitional site."""
    law, told = reading.law, set()
    for claim in (*(each for found in reading.mentions.values() for each in found), *reading.claims):
        if claim.effect not in INWARDS:
            continue
        for place in _places(claim, law, stack):
            if place not in law.let_in and (claim.path, place) not in told:
                told.add((claim.path, place))
                verb = "would fetch data from" if claim.effect == "asked" else "would have a way to"
                problem = (
                    f"is of a transitional site and {verb} {shown(place)} ({claim.path}); data leads out of it alone"
                )
                yield rule.finding(reading, problem, claim=claim, where=place)


def _places(claim: Claim, law: Law, stack: Stack) -> Iterator[str]:
    """Yield the regions and zones that a claim names, and those of the stack's buckets."""
    if not isinstance(claim.value, str):
        return
    text = claim.value.strip()
    if text in law.regions or text in law.zones:
        yield text
    for arn in arns_in(text):
        if arn.region in law.regions:
            yield arn.region
        elif arn.service == "s3":
            yield from _bucket(text.split(":", 5)[-1].partition("/")[0], stack)
    yield from _bucket(text.removeprefix("s3://").partition("/")[0], stack)
    for host in hosts_in(text) or ():
        region = region_of_host(host.lower(), law)
        if region is not None:
            yield region


def _bucket(name: str, stack: Stack) -> Iterator[str]:
    found = stack.buckets.get(name)
    if found is not None and isinstance(found.location.code, str):
        yield found.location.code


LEAVE: Final = "end the wave in time (`enclave wave status`), or have another person approve an extension of the row"

rule = StackRule(
    id="JUR-053",
    name="transitional-basis",
    title="A transitional site abroad has a dated basis for each class of each wave, and data leads out of it alone.",
    severity="critical",
    remedy=(
        "let the law's reviewers add or extend a row of law/transitional.yaml, approved by another person than its "
        "owner, and move the data in (`enclave wave`)"
    ),
    check=check,
    placing=False,
)
