"""What a record says of the enclave as it is declared: sites, segments, flows, keys, the inspector, the table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from enclave_policies.law.basis import transfer_basis
from enclave_policies.law.folder.access import access_of

from components.declaration import AwsSite
from console.recording.marked import line_at
from evidence.record.model import (
    Country,
    Custody,
    DataClass,
    Decisions,
    Entity,
    Flow,
    Inspector,
    NeverRow,
    Row,
    Segment,
    Site,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclave_policies.law import Law

    from components.declaration import Declaration
    from evidence.record.model import Judged, Line
    from located_yaml import Document


def sites(declaration: Declaration, document: Document, law: Law, resources: Iterable[Judged]) -> Iterator[Site]:
    """Yield the declared sites, each with how many resources it has."""
    counts = Counter(resource.site for resource in resources)
    for name, site in declaration.sites.items():
        own = (
            {}
            if isinstance(site, AwsSite)
            else {
                "buildings": len(site.buildings),
                "power_mw": site.power_mw,
                "energy": site.energy,
                "heat_reuse": site.heat_reuse,
            }
        )
        yield Site(
            name=name,
            kind=site.kind,
            country=site.country,
            country_name=law.countries.get(site.country, site.country),
            region=site.region if isinstance(site, AwsSite) else None,
            role=site.role,
            lifecycle=site.lifecycle,
            cidr=str(site.cidr),
            exit_by=site.exit_by.isoformat() if site.exit_by else None,
            days=(site.exit_by - law.day).days if site.exit_by else None,
            resources=counts[name],
            declared=line_at(document.position(("sites", name))),
            **own,
        )


def countries(law: Law, told: Iterable[str | None]) -> Iterator[Country]:
    """Yield the countries that the law approves and those that a run tells of, by their codes."""
    for code in sorted({*law.hosts, *filter(None, told)}):
        yield Country(code=code, name=law.countries.get(code, code), approved=law.approves(code))


def segments(declaration: Declaration) -> Iterator[Segment]:
    """Yield the declared segments."""
    for name, segment in declaration.segments.items():
        yield Segment(name=name, purpose=segment.purpose, classes=tuple(segment.classes))


def flows(declaration: Declaration, document: Document, law: Law) -> Iterator[Flow]:
    """Yield the declared movements of data between places: links both ways, and people who arrive."""
    for name, link in declaration.links.items():
        line = line_at(document.position(("links", name)))
        for path in link.paths:
            for source in path.from_:
                flow = _Flow(f"link {name}", "link", source, path.to, _country(declaration, path.to), link.basis, line)
                yield flow.in_(declaration, law)
    for number, entry in enumerate(declaration.entries):
        networks = ", ".join(map(str, entry.from_))
        for site, way in entry.arrives.items():
            line = line_at(document.position(("entries", number, "arrives", site)))
            what, end = f"people from {networks}", f"{site}/{entry.to}"
            yield _Flow(what, "entry", end, networks, entry.country, way.basis, line).in_(declaration, law)


def keys(declaration: Declaration) -> Iterator[Custody]:
    """Yield who administers and who uses each key."""
    for name, key in declaration.keys.items():
        yield Custody(
            name=name,
            use=key.use,
            classes=tuple(key.classes),
            administrators=tuple(key.administrators),
            users=tuple(key.users),
            kept_by=tuple(site for site, one in declaration.sites.items() if one.provisioned),
        )


def data_classes(declaration: Declaration) -> Iterator[DataClass]:
    """Yield the classes of data, with their examples."""
    for name, one in declaration.data_classes.items():
        yield DataClass(name=name, examples=tuple(one.examples))


def entities(declaration: Declaration) -> Iterator[Entity]:
    """Yield the companies whose people may reach data."""
    for name, one in declaration.entities.items():
        yield Entity(name=name, country=one.country, controlled_from=one.controlled_from)


def inspector(declaration: Declaration) -> Inspector | None:
    """Return who watches from outside."""
    found = declaration.inspector
    if found is None:
        return None
    return Inspector(
        name=found.name,
        entity=found.entity,
        country=found.country,
        independence=found.independence,
        scopes=tuple(found.scopes),
        account=found.principals.aws.account if found.principals.aws else None,
        groups=tuple(found.principals.kubernetes.groups) if found.principals.kubernetes else (),
        retention_days=found.log_copy.retention_days,
        reports_to=tuple(found.reports_to),
    )


def rows(declaration: Declaration, law: Law) -> Decisions:
    """Return the table of decisions, and what may never be."""
    table = tuple(
        Row(
            countries=tuple(row.from_),
            employers=tuple(row.employer),
            classes=tuple(row.class_),
            purposes=tuple(row.purpose),
            result=row.result,
            needs=tuple(row.needs),
        )
        for gateway in declaration.gateways.values()
        for row in gateway.decide
    )
    never = tuple(
        NeverRow(
            id=one.id,
            words=f"no access to {' and '.join(one.classes)} data {_never(one.located, one.controlled_from)}",
        )
        for one in access_of(law).never
    )
    return Decisions(rows=table, never=never)


def _never(located: Iterable[str], controlled: Iterable[str]) -> str:
    """Return whom a never-row shuts out."""
    who = [
        *([f"for people in {', '.join(located)}"] if located else []),
        *([f"for people whose employer is controlled from {', '.join(controlled)}"] if controlled else []),
    ]
    return " or ".join(who)


@dataclass(frozen=True)
class _Flow:
    """A movement as it is declared; ``named`` is the rule of the law that the declaration names for it."""

    what: str
    kind: Literal["link", "entry"]
    source: str
    target: str
    country: str | None
    named: str
    line: Line

    def in_(self, declaration: Declaration, law: Law) -> Flow:
        """Return the movement with its basis under a law."""
        source = _country(declaration, self.source)
        basis = transfer_basis(law, source, self.country, "link" if self.kind == "link" else "remote_access")
        rule = next((one for one in law.transfers if one.id == self.named), None)
        last = rule.last_day if rule else None
        segment = declaration.segments.get(self.source.rpartition("/")[2])
        return Flow(
            what=self.what,
            kind=self.kind,
            source=self.source,
            source_country=source,
            target=self.target,
            target_country=self.country,
            classes=tuple(segment.classes) if segment else (),
            basis=self.named,
            basis_words=basis.words if basis else "no basis of the law covers it",
            lawful=basis is not None,
            expires=last.isoformat() if last else None,
            days=(last - law.day).days if last else None,
            declared=self.line,
        )


def _country(declaration: Declaration, end: str) -> str | None:
    site = declaration.sites.get(end.partition("/")[0])
    return site.country if site else None
