"""Whether the law lets sites be linked, and people reach them: the basis that each declares, asked for both ways."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Final, NamedTuple

from enclave_policies.law.basis import transfer_basis

from components.declaration.arrivals import arrivals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enclave_policies.law import Law
    from enclave_policies.law.instruments import Movement

    from components.declaration import Declaration
    from components.declaration.found import Keys

MOVEMENTS: Final[tuple[Movement, ...]] = ("link", "copy")
"""What a link is, and what it lets its segments do."""
READING: Final[tuple[Movement, ...]] = ("link", "remote_access")
"""What a way of people is, and what they do over it."""


def refused_links(declaration: Declaration, law: Law) -> list[str]:
    """Return why links and ways of people may not be as they are declared; empty when all may."""
    return [problem.message for problem in link_problems(declaration, law)]


class LinkProblem(NamedTuple):
    """Why a link or a way of people may not be as it is declared: its place, the basis that it names, the reason."""

    at: Keys
    basis: str
    message: str


def link_problems(declaration: Declaration, law: Law) -> Iterator[LinkProblem]:
    """Yield each problem of a link, or of a way of people.

    The declared basis alone must cover both countries, both ways, on the law's day: that another rule would do is no
    excuse, as somebody answers for the one that is named.
    """
    for name, link in declaration.links.items():
        countries = [declaration.sites[site].country for site in link.between]
        for why in _problems(law, f"link '{name}'", link.basis, countries, MOVEMENTS):
            yield LinkProblem(("links", name), link.basis, why)
    for one in arrivals(declaration):
        what = f"entry {one.number}, which arrives at {one.site},"
        countries = [one.entry.country or "", declaration.sites[one.site].country]
        for why in _problems(law, what, one.over.basis, countries, READING):
            yield LinkProblem(one.at, one.over.basis, why)


def _problems(
    law: Law, what: str, basis: str, countries: Sequence[str], movements: tuple[Movement, ...]
) -> Iterator[str]:
    named = tuple(rule for rule in law.transfers if rule.id == basis)
    if not named:
        known = ", ".join(rule.id for rule in law.transfers) or "none"
        yield (
            f"{what} names the basis '{basis}', which is no transfer rule of the law "
            f"(it has: {known}); correct 'basis' in the declaration"
        )
        return
    alone = replace(law, transfers=named)
    for source, target in permutations(countries):
        lacking = [each.replace("_", " ") for each in movements if transfer_basis(alone, source, target, each) is None]
        if lacking:
            yield (
                f"{what} names the basis '{basis}', which does not cover a {' or a '.join(lacking)} "
                f"from {source} to {target} on {law.day}; name a rule of transfers.yaml that does"
            )
