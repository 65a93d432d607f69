"""Objects that were there before the enclave: each with the properties that it had then, and never made anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from located_yaml import Problem, ProblemsError, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from components.declaration.model import Declaration
    from located_yaml import Document

FIELDS: Final[Mapping[str, type]] = {"type": str, "name": str, "id": str, "inputs": dict}
SOURCE: Final = ("id", "arn")
"""By which of its outputs a resource is named elsewhere."""


@dataclass(frozen=True)
class Adopted:
    """One resource that exists: its type, its name in the stack, the id by which it is imported, and its inputs.

    ``sources``: text among the inputs → type, name and output of the resource of the stack that it names.
    """

    type: str
    name: str
    id: str
    inputs: Mapping[str, Any] = field(repr=False)
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)


def stack_file(stack: str) -> str:
    """Return where a stack says what it has adopted, below the project."""
    return f"stacks/adopted/{stack}.json"


def adopted_in(file: Path, declaration: Declaration) -> Mapping[str, Sequence[Adopted]]:
    """Return what a file says is adopted, by site; nothing where there is none. Raises ProblemsError."""
    if not file.is_file():
        return {}
    document = load(file)
    if problems := list(_problems(document, declaration)):
        raise ProblemsError(problems)
    return {site: [Adopted(**entry) for entry in entries] for site, entries in document.data.items()}


def _problems(document: Document, declaration: Declaration) -> Iterator[Problem]:
    if not isinstance(document.data, dict):
        yield document.problem((), "is no table of sites; take the file that `enclave adopt` wrote")
        return
    for name, entries in document.data.items():
        site = declaration.sites.get(name)
        if site is None or not site.provisioned:
            yield document.problem((name,), f"'{name}' is no site that has resources; remove what was adopted there")
        elif not isinstance(entries, list):
            yield document.problem((name,), "is no list of objects; take the file that `enclave adopt` wrote")
        else:
            for place, entry in enumerate(entries):
                if not _whole(entry):
                    told = f"is no object with {', '.join(FIELDS)}; take the file that `enclave adopt` wrote"
                    yield document.problem((name, place), told)


def _whole(entry: Any) -> bool:
    if not isinstance(entry, dict) or entry.keys() - {"sources"} != FIELDS.keys():
        return False
    sources = entry.get("sources", {})
    return all(isinstance(entry[name], type_) and entry[name] for name, type_ in FIELDS.items()) and (
        isinstance(sources, dict) and all(_names(source) for source in sources.values())
    )


def _names(source: Any) -> bool:
    return (
        isinstance(source, list)
        and len(source) == len(("type", "name", "output"))
        and all(isinstance(each, str) for each in source)
        and source[-1] in SOURCE
    )
