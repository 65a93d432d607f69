"""JUR-050: data rests only where the law lets its class rest, for every regime whose data the stack holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from enclave_policies.identifiers.arns import arns_in
from enclave_policies.key_custody.copied import buckets_copied_to, copies
from enclave_policies.key_custody.keeping import keeps
from enclave_policies.key_custody.owner import owners
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.law.placing import unplaced
from enclave_policies.reading.enclave import regimes_of
from enclave_policies.reading.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.key_custody.owner import Owner
    from enclave_policies.law import Law
    from enclave_policies.law.placing import Unplaced
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack
    from enclave_policies.resources.claim import Claim


class _Kept(NamedTuple):
    """A place where data would be kept: the beginning of the sentence, its words, country and code, what names it."""

    verb: str
    words: str
    country: str
    code: str | None = None
    claim: Claim | None = None


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge what keeps data by its class; whether a place may hold anything at all, other rules say."""
    law, told = reading.law, set()
    if reading.resource.as_provider is not None or reading.resource.only_read:
        return
    for place in (*_own(reading), *_copies(reading, stack)):
        if not law.lets(place.code, place.country):
            continue
        for owner in _owners(reading, stack):
            for found in unplaced(law, _classes(owner, law), regimes_of(stack), place.country):
                problem = f"{place.verb} data of class {found.data_class} in {place.words}, where {_words(found, law)}"
                if problem not in told:
                    told.add(problem)
                    yield rule.finding(reading, problem, where=place.code, country=place.country, claim=place.claim)


def _own(reading: Reading) -> Iterator[_Kept]:
    """Yield the place of what keeps data itself."""
    if keeps(reading) and reading.location.country is not None:
        code = reading.location.code
        yield _Kept(
            "would keep", reading.location.words, reading.location.country, code if isinstance(code, str) else None
        )


def _copies(reading: Reading, stack: Stack) -> Iterator[_Kept]:
    """Yield each place to which an input sends a copy."""
    law = reading.law
    for role, claim in copies(reading):
        codes = [arn.region for arn in arns_in(claim.value)] if role == "arn" else claim.value.split(",")
        for code in map(str.strip, codes):
            place = law.regions.get(code) or law.zones.get(code)
            if place is not None and place.country is not None:
                yield _Kept("would copy", f"{law.words(place)} ({claim.path})", place.country, code, claim)
    for claim, bucket in buckets_copied_to(reading, stack):
        there = bucket.location
        if there.country is not None:
            yield _Kept("would copy", f"{there.words} ({claim.path})", there.country, None, claim)


def _owners(reading: Reading, stack: Stack) -> tuple[Owner, ...]:
    return owners(reading, custody_of(reading.law).types.get(reading.resource.type), stack)


def _classes(owner: Owner, law: Law) -> frozenset[str]:
    return custody_of(law).held(owner.classes)


def _words(found: Unplaced, law: Law) -> str:
    regimes = " and ".join(found.regimes)
    if not found.lines:
        return f"no row of the law speaks of it for {regimes} (law/placement.yaml)"
    countries = ", ".join(f"{law.countries.get(code, code)} ({code})" for code in found.countries) or "no country"
    return f"it may not rest for {regimes}: {' and '.join(found.lines)} lets it rest in {countries} only"


rule = StackRule(
    id="JUR-050",
    name="class-placement",
    title="Data rests only where the law lets its class rest, for every regime whose data it is.",
    severity="critical",
    remedy=(
        "keep it where a row of law/placement.yaml lets it rest, say its class by the tag data-class, "
        "or let the law's reviewers add a row"
    ),
    check=check,
    placing=False,
)
