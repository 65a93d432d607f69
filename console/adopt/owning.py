"""What no rule says of an object: whose it is, whether it lies where a site is, and what the components always set."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jmespath  # type: ignore[import-untyped]

from components.site import SitePlan
from console.adopt.judging import OWN, Reason
from console.adopt.objects import kinds
from console.marks import marks_of
from located_yaml import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.law import Law

    from components.declaration import Declaration
    from console.adopt.judging import Entries
    from console.adopt.objects import Object

TABLE: Final = Path(__file__).with_name("holders.yaml")
OURS: Final = ("enclave", "site", "country", "owner", "managed-by")
"""Tags and labels that say whose an object is; one that has none of them is nobody's so far."""
LABEL: Final = "app.kubernetes.io/managed-by"


@cache
def holders() -> Mapping[str, str]:
    """Return tags, labels and annotations by which other tools hold an object, and the tools."""
    data: Mapping[str, str] = load(TABLE).data
    return data


def wanted(declaration: Declaration, name: str) -> Mapping[str, str]:
    """Return the tags that the components give to what a site has."""
    site = declaration.sites[name]
    plan: SitePlan[Any] = SitePlan[Any](name, site, declaration)
    return plan.tags()


def objections(one: Object, entries: Entries, declaration: Declaration, law: Law) -> Iterator[Reason]:
    """Yield what keeps an object from being adopted, whatever the rules say."""
    site, itself = declaration.sites[one.site], entries[0]
    kind = kinds(site.kind)[one.kind]
    if one.abroad:
        yield _reason(one, "no-site", f"lies in {one.abroad}, where its account has no site of this declaration")
    if kind.get("data") and site.lifecycle not in law.lifecycle.with_("takes"):
        where = " or ".join(law.lifecycle.with_("takes"))
        yield _reason(
            one, "stage", f"may hold user data, and {one.site} is {site.lifecycle}; that goes to sites that are {where}"
        )
    for entry in entries:
        yield from _owners(one, entry, wanted(declaration, one.site))
    inputs = {entry["type"]: entry.get("inputs") or {} for entry in entries}
    for problem in one.against:
        yield _reason(one, "as-made", problem)
    for must in kind.get("must") or ():
        if "part" in must and jmespath.search(must["at"], inputs.get(must["part"], {})) != must["is"]:
            yield _reason(one, "as-made", must["else"])
    if (itself["inputs"].get("metadata") or {}).get("ownerReferences"):
        yield _reason(one, "held", "belongs to another object of its cluster, which makes and removes it")


def _owners(one: Object, entry: Mapping[str, Any], ours: Mapping[str, str]) -> Iterator[Reason]:
    inputs = entry["inputs"]
    metadata = inputs.get("metadata") or {}
    named = {**(inputs.get("tags") or {}), **(metadata.get("labels") or {}), **(metadata.get("annotations") or {})}
    marks = marks_of(entry)
    says = {**marks, "managed-by": marks.get(LABEL, marks.get("managed-by", ours["managed-by"]))}
    if others := [name for name in OURS if name in says and says[name] != ours[name]]:
        told = ", ".join(others)
        what = f"carries tags or labels of another owner ({told}); let its owner hand it over, and say so there"
        yield _reason(one, "other-owner", what, entry)
    for name, tool in holders().items():
        if name in named:
            yield _reason(one, "held", f"is held by {tool} ({name}); let it go there first", entry)


def _reason(one: Object, name: str, problem: str, entry: Mapping[str, Any] | None = None) -> Reason:
    part = f"{entry['id']} ({entry['type']})" if entry else f"{one.itself.id} ({one.itself.type})"
    return Reason(OWN, name, "fail", part, f"{OWN} {name}: {problem}")
