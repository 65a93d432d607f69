"""Names that the clouds take, and words that mean something else here.

Source: Kubernetes documentation, "Using RBAC Authorization" (``system:`` is its own); `physical` has the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from components.declaration.model import KubernetesSite
from components.declaration.physical import built, physical_names
from components.declaration.words import cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration
    from components.declaration.physical import Physical


MEANT_OTHERWISE: Final = {
    "internet": "means anybody outside",
    "person": "means people who come over the declared entries",
    "inspector": "means the inspector's receivers",
    "elsewhere": "means other private networks",
    "none": "means that there is none",
}
"""Words for ends of a connection, and for what a tag says of nothing."""
KEYS_SEGMENT: Final = "keys"


def check_names(declaration: Declaration) -> Iterator[Found]:
    """Yield (path, message) for each name that means something else, or that a cloud would refuse."""
    for section, names in (
        ("segments", declaration.segments),
        ("sites", declaration.sites),
        ("data_classes", declaration.data_classes),
    ):
        for name in names:
            if name in MEANT_OTHERWISE:
                yield (section, name), f"'{name}' {MEANT_OTHERWISE[name]} wherever names are written; choose another"
    for section, names in (("segments", declaration.segments), ("sites", declaration.sites)):
        for name in names:
            if "to" in name.split("-"):
                yield (
                    (section, name),
                    f"'{name}' holds the word 'to', which joins the ends of a connection in names; choose another",
                )
    yield from _same(declaration)
    yield from _on_one_cluster(declaration)
    for called in physical_names(declaration):
        yield from _taken(called)
    for name, site in declaration.sites.items():
        if isinstance(site, KubernetesSite):
            yield from _kubernetes_site(declaration, name, site)


def _same(declaration: Declaration) -> Iterator[Found]:
    """Yield each site whose resources would have the names of another's: dub-app's store and dub's app-store."""
    for section, names in (
        ("segments", declaration.segments),
        ("gateways", declaration.gateways),
        ("keys", declaration.keys),
    ):
        owners: dict[str, str] = {}
        for site in declaration.sites:
            for name in names:
                first = owners.setdefault(f"{site}-{name}", site)
                if first != site:
                    message = f"its '{site}-{name}' ({section}) would be called as one of site '{first}'; rename one"
                    yield ("sites", site), message


def _on_one_cluster(declaration: Declaration) -> Iterator[Found]:
    """Yield each site whose cluster another site has already: a namespace of the enclave is there once."""
    owners: dict[tuple[str, ...], Keys] = {}
    for each in built(declaration):
        first = owners.setdefault(each.within, each.at) if each.within[0] == "cluster" else each.at
        if first != each.at:
            owners[each.within] = each.at  # told once
            yield (
                each.at,
                f"lies on the same cluster as site '{first[1]}', and one holds a segment once; join the sites",
            )


def _taken(called: Physical) -> Iterator[Found]:
    """Yield why a cloud would not take a name."""
    limit, name = called.limit, called.name
    whose = f"site '{called.at[1]}'" if called.at[0] == "sites" else "the enclave"
    words = f"{whose} would have a {limit.what} called '{cut(name)}'"
    if len(name) > limit.longest:
        long = f"of {len(name)} letters, and AWS takes {limit.longest}; shorten a name that it is made of"
        yield called.at, f"{words} {long}"
    for start in limit.not_before:
        if name.startswith(start):
            yield called.at, f"{words}, and AWS keeps names that begin with '{start}'; choose other names"


def _kubernetes_site(declaration: Declaration, name: str, site: KubernetesSite) -> Iterator[Found]:
    if KEYS_SEGMENT not in declaration.segments:
        message = f"keeps its keys in a segment '{KEYS_SEGMENT}', which is not declared; declare it under 'segments'"
        yield ("sites", name), message
    for index, group in enumerate(site.operators):
        if group.startswith("system:"):
            message = f"'{cut(group)}' is a group of Kubernetes itself (system:); name one of your own"
            yield ("sites", name, "operators", index), message
