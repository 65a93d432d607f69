"""What a record says of data that leaves a country: by links and replicas, to people who may look, to the inspector."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from enclave_policies.law.basis import adequate, grounds
from enclave_policies.law.instruments import REGIMES

from console.recording.leaving import leavings
from console.recording.marked import line_at
from evidence.record.model import Ground, Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law
    from enclave_policies.law.instruments import Movement, Regime, TransferRule

    from components.declaration import Declaration
    from evidence.record.model import Line
    from located_yaml import Document


@dataclass(frozen=True)
class _Move:
    """A movement as it is declared; it is a transfer where both countries are not the same."""

    who: str
    what: str
    movement: Movement
    source: str
    source_country: str
    target: str
    target_country: str | None
    line: Line
    controlled_from: str | None = None
    classes: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    result: str = ""
    needs: tuple[str, ...] = field(default=())

    def under(self, law: Law) -> Transfer:
        """Return the transfer with what each regime says of it."""
        found = grounds(law, self.source_country, self.target_country, self.movement)
        return Transfer(
            who=self.who,
            controlled_from=self.controlled_from,
            what=self.what,
            movement=self.movement,
            source=self.source,
            source_country=self.source_country,
            target=self.target,
            target_country=self.target_country,
            classes=self.classes,
            purposes=self.purposes,
            result=self.result,
            needs=self.needs,
            grounds=tuple(_ground(law, regime, found.get(regime), self.target_country) for regime in REGIMES),
            declared=self.line,
        )


def transfers(declaration: Declaration, document: Document, law: Law) -> Iterator[Transfer]:
    """Yield every declared movement that leaves a country."""
    yield from leavings(declaration, document, law)
    moves = (
        *_links(declaration, document),
        *_replicas(declaration, document),
        *_arrivals(declaration, document),
        *_accesses(declaration, document),
        *_inspection(declaration, document),
    )
    for move in moves:
        if move.source_country != move.target_country:
            yield move.under(law)


def _links(declaration: Declaration, document: Document) -> Iterator[_Move]:
    for name, link in declaration.links.items():
        line = line_at(document.position(("links", name)))
        for path in link.paths:
            for source in path.from_:
                classes = declaration.segments[source.partition("/")[2]].classes
                yield _Move(
                    f"site {path.to.partition('/')[0]} of {declaration.enclave}",
                    f"link {name}",
                    "link",
                    source,
                    declaration.sites[source.partition("/")[0]].country,
                    path.to,
                    declaration.sites[path.to.partition("/")[0]].country,
                    line,
                    classes=tuple(classes),
                )


def _replicas(declaration: Declaration, document: Document) -> Iterator[_Move]:
    for name, one in declaration.failover.replicas.items() if declaration.failover else ():
        line = line_at(document.position(("failover", "replicas", name)))
        for there, here in one.buckets.items():
            yield _Move(
                f"site {one.to} of {declaration.enclave}",
                f"replica {name}, every {one.every_minutes} minutes",
                "copy",
                f"{one.from_}/{there}",
                declaration.sites[one.from_].country,
                f"{one.to}/{here}",
                declaration.sites[one.to].country,
                line,
                classes=tuple(one.classes),
            )


def _arrivals(declaration: Declaration, document: Document) -> Iterator[_Move]:
    for number, entry in enumerate(declaration.entries):
        networks = ", ".join(map(str, entry.from_))
        for site in entry.arrives:
            line = line_at(document.position(("entries", number, "arrives", site)))
            yield _Move(
                f"people who arrive from {networks}",
                "a way to the gateway; what they may see, the gateway decides",
                "remote_access",
                f"{site}/{entry.to}",
                declaration.sites[site].country,
                networks,
                entry.country,
                line,
            )


def _accesses(declaration: Declaration, document: Document) -> Iterator[_Move]:
    """Yield who may look at a site's data, and from where: each row, employer and country of a gateway's table."""
    for gateway, one in declaration.gateways.items():
        for number, row in enumerate(one.decide):
            if row.result == "deny":
                continue
            line = line_at(document.position(("gateways", gateway, "decide", number)))
            for site, place in declaration.sites.items():
                for employer in row.employer if place.provisioned else ():
                    for country in row.from_:
                        yield _Move(
                            employer,
                            f"row {number + 1} of the gateway {gateway}",
                            "remote_access",
                            f"{site}/{one.segment}",
                            place.country,
                            f"people of {employer} in {country}",
                            country,
                            line,
                            controlled_from=declaration.entities[employer].controlled_from,
                            classes=tuple(row.class_),
                            purposes=tuple(row.purpose),
                            result=row.result,
                            needs=tuple(row.needs),
                        )


def _inspection(declaration: Declaration, document: Document) -> Iterator[_Move]:
    found = declaration.inspector
    if found is None:
        return
    line = line_at(document.position(("inspector",)))
    for site, place in declaration.sites.items():
        if place.provisioned:
            yield _Move(
                found.entity,
                "inspection: settings and the gateways' record, which names people; no data and no Secrets",
                "remote_access",
                site,
                place.country,
                found.entity,
                found.country,
                line,
                purposes=("inspection",),
            )


def _ground(law: Law, regime: Regime, found: tuple[TransferRule, str] | None, target: str | None) -> Ground:
    """Return what a regime says of a movement into a country."""
    rule, words = found or (None, "no rule of the law covers it")
    reason = adequate(law, regime, target, rule.meets if rule else frozenset()) if target else None
    last = rule.last_day if rule else None
    return Ground(
        regime=regime,
        rule=rule.id if rule else None,
        basis=rule.basis if rule else None,
        words=words,
        adequate=reason,
        measure=rule.measure if rule else None,
        assessed=rule.assessed.isoformat() if rule and rule.assessed else None,
        expires=last.isoformat() if last else None,
        days=(last - law.day).days if last else None,
    )
