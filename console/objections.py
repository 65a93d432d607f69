"""What the law refuses in a declaration by itself, before any engine is asked: where it stands, and what decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from enclave_policies.judging.judge import judge, judge_in_stack, try_read
from enclave_policies.judging.packs import EVERY
from enclave_policies.places.placement import AWS, locate
from enclave_policies.reading.enclave import TRANSITIONAL, TYPE
from enclave_policies.reading.stack import Stack
from enclave_policies.resources.resource import Resource
from enclave_policies.rules.jurisdiction import transitional_basis

from components.declaration import AwsSite
from components.enclave import told
from console.site_links import link_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding

    from components.declaration import Declaration, KubernetesSite

Keys = tuple[str | int, ...]
APPROVED: Final = "approved.yaml"
REGIONS: Final = "aws-regions.yaml"
TRANSFERS: Final = "transfers.yaml"
BASES: Final = "transitional.yaml"


@dataclass(frozen=True)
class LawLine:
    """A line of the law: its file in the pack's folder `law`, the keys that lead to it, and what it says."""

    file: str
    keys: Keys
    words: str


@dataclass(frozen=True)
class Objection:
    """One refusal: which keys of the declaration it is about, why, what of the law decides, a rule's own finding.

    ``decides`` is None where the declaration's own line does.
    """

    keys: Keys
    message: str
    decides: LawLine | None
    finding: Finding | None = None


def objections(declaration: Declaration, law: Law, stack: str) -> tuple[Objection, ...]:
    """Return everything in a declaration that the law refuses whatever is built of it."""
    return (*objections_to_sites(declaration, law, stack), *_objections_to_links(declaration, law))


def objections_to_sites(declaration: Declaration, law: Law, stack: str) -> Iterator[Objection]:
    """Yield why sites may not be where they are declared to be; clusters are known by their kubeconfig only."""
    without_basis = tuple(_without_basis(declaration, law, stack))
    yield from without_basis
    told_of = {each.keys[1] for each in without_basis}
    for name, site in declaration.sites.items():
        if isinstance(site, AwsSite) and site.provisioned and name not in told_of:
            yield from _aws(name, site, law, asks_a_stand_in=declaration.sandbox)
        elif site.provisioned and not isinstance(site, AwsSite):
            yield from _kubernetes(name, site, law)


def _without_basis(declaration: Declaration, law: Law, stack: str) -> Iterator[Objection]:
    """Yield which transitional sites abroad have no basis, as the rule says it of the stack's root component."""
    root = try_read(Resource("enclave", TYPE, declaration.enclave, told(declaration), custom=False), law)
    for finding in judge_in_stack(root, Stack([root], stack), (transitional_basis.rule,)):
        if finding.refuses and finding.claim:
            site = finding.claim.path.partition(".")[2]
            decides = LawLine(BASES, ("transitional",), "it lists the bases of transitional sites")
            yield Objection(("sites", site), finding.message, decides, finding)


def _aws(name: str, site: AwsSite, law: Law, *, asks_a_stand_in: bool) -> Iterator[Objection]:
    """Yield why a site may not be in its region; of a stand-in for a site abroad, only its provider can tell."""
    props = {"region": site.region, "allowedAccountIds": [site.account]}
    provider = Resource(f"site {name}", AWS, f"{name}-aws", props, custom=True)
    region = law.regions.get(site.region)
    for finding in judge(provider, law, EVERY.rules):
        if finding.refuses and not (asks_a_stand_in and site.role == TRANSITIONAL):
            decides = (
                _hosts(law, region.country) if region else LawLine(REGIONS, ("partitions",), "it lists no such region")
            )
            yield Objection(("sites", name, "region"), finding.message, decides, finding)
    country = locate(provider, law).country
    if region is not None and country is not None and country != site.country:
        decides = LawLine(
            REGIONS, ("partitions", region.partition, "regions", site.region), f"{site.region} is in {country}"
        )
        yield Objection(("sites", name, "country"), wrong_country(name, site.country, country), decides)


def wrong_country(site: str, declared: str, known: str) -> str:
    """Return the sentence for a site whose country is another than the law knows."""
    return (
        f"site '{site}' is declared to be in {declared}, but the law knows its place in {known}; "
        f"correct 'country' in the declaration"
    )


def _kubernetes(name: str, site: KubernetesSite, law: Law) -> Iterator[Objection]:
    if law.approves(site.country):
        return
    where = f"{law.countries[site.country]} ({site.country})" if site.country in law.countries else site.country
    yield Objection(
        ("sites", name, "country"),
        f"site '{name}' would be in {where}; approved: {law.approved}; to do: move the site to an approved country",
        _hosts(law, site.country),
    )


def _hosts(law: Law, country: str | None) -> LawLine:
    hosts = ", ".join(sorted(law.hosts)) or "no country"
    return LawLine(APPROVED, ("host",), f"{hosts} may host, {country or 'a country that nobody published'} may not")


def _objections_to_links(declaration: Declaration, law: Law) -> Iterator[Objection]:
    index = {rule.id: position for position, rule in enumerate(law.transfers)}
    for at, basis, message in link_problems(declaration, law):
        known = basis in index
        keys: Keys = ("transfers", index[basis]) if known else ("transfers",)
        words = f"the rule '{basis}' does not cover it" if known else f"it has no rule '{basis}'"
        yield Objection((*at, "basis"), message, LawLine(TRANSFERS, keys, words))
