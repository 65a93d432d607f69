"""Whether a declaration can be built beside another: on the same accounts and clusters no two things share a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from components.declaration.load import located_declaration
from components.declaration.model import KubernetesSite
from components.declaration.physical import built, cluster_of
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from components.declaration.found import Keys
    from components.declaration.model import Declaration
    from components.declaration.physical import Physical
    from located_yaml import Problem


class Clash(NamedTuple):
    """What cannot stand beside each other: its keys in the one and in the other declaration, why, and what to do."""

    at: Keys
    other: Keys
    why: str
    remedy: str


def refused_beside(file: Path) -> list[Problem]:
    """Return why a declaration cannot be built beside the others of its folder; empty where it can.

    A neighbour that cannot be read counts for nothing: it cannot be built either. Raises ProblemsError when the
    declaration itself cannot be read.
    """
    document, declaration = located_declaration(file)
    problems: list[Problem] = []
    for other in sorted(file.parent.glob("*.yaml")):
        if other.name == file.name or other.name.startswith("Pulumi."):
            continue
        try:
            its_document, neighbour = located_declaration(other)
        except ProblemsError:
            continue
        for clash in clashes(declaration, neighbour):
            there = its_document.position(clash.other)
            message = f"{clash.why} at {there.file}:{there.line}; {clash.remedy}"
            problems.append(document.problem(clash.at, message))
    return problems


def clashes(one: Declaration, other: Declaration) -> Iterator[Clash]:
    """Yield what of a declaration cannot stand beside another, once for each pair of sites; sandboxes are apart."""
    if one.sandbox != other.sandbox:
        return
    taken = {(each.limit, each.within, each.name): each for each in built(other)}
    shared: dict[tuple[Keys, Keys], list[Physical]] = {}
    for each in built(one):
        if (theirs := taken.get((each.limit, each.within, each.name))) is not None:
            shared.setdefault((each.at, theirs.at), []).append(each)
    for (at, there), names in shared.items():
        what = f"{names[0].limit.what} '{names[0].name}'"
        more = f" (and {len(names) - 1} more names)" if len(names) > 1 else ""
        yield Clash(at, there, f"would have the same {what}{more} as {_whose(there)}", _remedy(one, other))
    yield from _overlapping(one, other)


def _whose(at: Keys) -> str:
    return f"site '{at[1]}'" if at[0] == "sites" else "the enclave"


def _remedy(one: Declaration, other: Declaration) -> str:
    is_short = "short" in (one.names, other.names)
    if one.enclave == other.enclave:
        also = ", without 'names: short' there" if is_short else ""
        return f"give the newer one another name at 'enclave'{also}"
    return "remove 'names: short' from the newer one" if is_short else "rename one of them"


def _overlapping(one: Declaration, other: Declaration) -> Iterator[Clash]:
    """Yield each pair of sites on one cluster with common addresses: nobody could tell their segments apart."""
    for name, site in _on_clusters(one):
        for its_name, neighbour in _on_clusters(other):
            if cluster_of(name, site) == cluster_of(its_name, neighbour) and site.cidr.overlaps(neighbour.cidr):
                why = f"{site.cidr} overlaps {neighbour.cidr} of a site of the same cluster, '{its_name}'"
                yield Clash(("sites", name, "cidr"), ("sites", its_name, "cidr"), why, "choose a free network")


def _on_clusters(declaration: Declaration) -> Iterator[tuple[str, KubernetesSite]]:
    for name, site in declaration.sites.items():
        if isinstance(site, KubernetesSite) and site.provisioned:
            yield name, site
