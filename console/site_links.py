"""Whether the law lets sites be linked: the basis that each link declares, asked for both ways."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Final

from enclave_policies.law.basis import transfer_basis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law
    from enclave_policies.law.instruments import Movement

    from components.declaration import Declaration

MOVEMENTS: Final[tuple[Movement, ...]] = ("link", "copy")
"""What a link is, and what it lets its segments do."""


def refused_links(declaration: Declaration, law: Law) -> list[str]:
    """Return why links may not be as they are declared; empty when all may."""
    return [message for _, message in link_problems(declaration, law)]


def link_problems(declaration: Declaration, law: Law) -> Iterator[tuple[str, str]]:
    """Yield the name of each link that may not be as it is declared, and why.

    The declared basis alone must cover both countries, both ways, on the law's day: that another rule would do is no
    excuse, as somebody answers for the one that is named.
    """
    for name, link in declaration.links.items():
        named = tuple(rule for rule in law.transfers if rule.id == link.basis)
        if not named:
            known = ", ".join(rule.id for rule in law.transfers) or "none"
            message = (
                f"link '{name}' names the basis '{link.basis}', which is no transfer rule of the law "
                f"(it has: {known}); correct 'basis' in the declaration"
            )
            yield name, message
            continue
        alone = replace(law, transfers=named)
        for source, target in permutations(declaration.sites[site].country for site in link.between):
            lacking = [each for each in MOVEMENTS if transfer_basis(alone, source, target, each) is None]
            if lacking:
                message = (
                    f"link '{name}' names the basis '{link.basis}', which does not cover a {' or a '.join(lacking)} "
                    f"from {source} to {target} on {law.day}; name a rule of transfers.yaml that does"
                )
                yield name, message
