"""What is written of objects that pass: a file for the program, one for `pulumi import`, stubs for a person."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml
from enclave_policies.identifiers.urns import urn_of
from enclave_policies.resources.resource import PROVIDER_PREFIX

from console.adopt.owning import wanted
from console.marks import marks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from components.adopted import Adopted
    from components.declaration import Declaration
    from console.adopt.judging import Judged
    from console.adopt.objects import Place

ADOPTED: Final = "adopted.json"
IMPORT: Final = "import.json"
STUBS: Final = "stubs.yaml"
OPEN: Final = "COMPLETE"
"""Stands where a person has to say what nobody can read off an object."""


def files(stack: str, declaration: Declaration, passed: Sequence[Judged], standing: Standing) -> Mapping[str, bytes]:
    """Return the files by name."""
    stubs = _stubs(stack, declaration, passed)
    content = {ADOPTED: _adopted(passed, standing), IMPORT: _import(passed, standing.places), STUBS: stubs}
    return {name: text.encode() for name, text in content.items()}


class Standing(NamedTuple):
    """The stack as it stands: its deployment, where in it objects of each site go, and what was adopted before."""

    deployment: Mapping[str, Any]
    places: Mapping[str, Place]
    before: Mapping[str, Sequence[Adopted]]


def _adopted(passed: Sequence[Judged], standing: Standing) -> str:
    """Return what the program takes into the stack (components.adopted), after what it took before."""
    named = _named_by([*(standing.deployment.get("resources") or ()), *(one.entries[0] for one in passed)])
    told: dict[str, list[dict[str, Any]]] = {
        site: [asdict(one) for one in each] for site, each in standing.before.items()
    }
    for one in passed:
        for entry in one.entries:
            inputs = {key: value for key, value in entry["inputs"].items() if not key.startswith("__")}
            found = {text: named[text] for text in _texts(inputs) if text in named}
            sources = {text: source for text, source in found.items() if source[:2] != [entry["type"], _name(entry)]}
            told.setdefault(one.object.site, []).append({**_named(entry), "inputs": inputs, "sources": sources})
    return json.dumps(told, indent=2) + "\n"


def _named_by(entries: Iterable[Mapping[str, Any]]) -> Mapping[str, list[str]]:
    """Return type, name and output of the resource that a text names, by the text; the first made counts."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        if entry.get("custom") and entry.get("id") and not entry["type"].startswith(PROVIDER_PREFIX):
            found.setdefault(entry["id"], [entry["type"], _name(entry), "id"])
            arn = (entry.get("outputs") or {}).get("arn")
            if isinstance(arn, str):
                found.setdefault(arn, [entry["type"], _name(entry), "arn"])
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(item)


def _import(passed: Iterable[Judged], places: Mapping[str, Place]) -> str:
    """Return what `pulumi import --file` takes (engine 3.259, pkg/cmd/pulumi/operations/import.go)."""
    told = list(passed)
    used = {one.object.site: places[one.object.site] for one in told}
    names = {
        name: urn
        for site, place in used.items()
        for name, urn in ((f"site {site}", place.parent), (f"provider of {site}", place.provider.rpartition("::")[0]))
    }
    resources = [
        {**_named(entry), "parent": f"site {one.object.site}", "provider": f"provider of {one.object.site}"}
        for one in told
        for entry in one.entries
    ]
    return json.dumps({"nameTable": names, "resources": resources}, indent=2) + "\n"


def _named(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": entry["type"], "name": _name(entry), "id": entry["id"]}


def _name(entry: Mapping[str, Any]) -> str:
    return urn_of(entry["urn"]).name


def _stubs(stack: str, declaration: Declaration, passed: Iterable[Judged]) -> str:
    segments, classes = ", ".join(declaration.segments), ", ".join(declaration.data_classes)
    head = (
        f"# Objects that the stack '{stack}' may adopt. Nobody can read off an object what is in it: say it wherever\n"
        f"# {OPEN} stands. segments: {segments}; classes: {classes}\n"
        "# `set` are the tags or labels that it does not carry yet.\n"
    )
    data = {"adopted": {f"{one.object.kind} {one.object.name}": dict(_stub(declaration, one)) for one in passed}}
    return head + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)


def _stub(declaration: Declaration, one: Judged) -> Iterator[tuple[str, Any]]:
    found, itself = one.object, one.entries[0]
    marks = marks_of(itself)
    tags = {**wanted(declaration, found.site), "segment": OPEN, "data-class": OPEN}
    yield "site", found.site
    yield "type", itself["type"]
    yield "id", itself["id"]
    yield "segment", marks.get("segment", OPEN)
    yield "classes", marks.get("data-class", OPEN)
    yield "owner", marks.get("owner", OPEN)
    yield "set", {name: value for name, value in tags.items() if name not in marks}
    yield "with", [f"{entry['type']} {entry['id']}" for entry in one.entries[1:]]
