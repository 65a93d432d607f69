"""Which site, segment and classes of data a resource belongs to, and where the declaration says so."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from console.marks import classes_of, marks_of, said
from evidence.record.model import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enclave_policies.resources.resource import Resource

    from located_yaml import Document, Position


class Marked:
    """The resources of a stack, and the declaration that they come from (None: nobody has it here)."""

    def __init__(self, resources: Iterable[Resource], document: Document | None, sites: Iterable[str]) -> None:
        self._resources = {resource.urn: resource for resource in resources}
        self._document = document
        self._sites = sorted(sites, key=len, reverse=True)
        self._found: dict[str, str | None] = {}

    def site(self, resource: Resource) -> str | None:
        """Return a resource's site: as its tags say, else as its parent's do, else as its name begins."""
        if resource.urn not in self._found:
            self._found[resource.urn] = None  # parents that go round end here
            self._found[resource.urn] = self._site(resource)
        return self._found[resource.urn]

    def _site(self, resource: Resource) -> str | None:
        told = said(self.marks(resource), "site")
        if told:
            return told
        named = next((site for site in self._sites if _begins(resource.name, site)), None)
        if named:
            return named
        parent = self._resources.get(resource.parent or "")
        return self.site(parent) if parent else None

    def marks(self, resource: Resource) -> Mapping[str, str]:
        """Return the tags and labels of a resource."""
        return marks_of({"inputs": resource.props})

    def segment(self, resource: Resource) -> str | None:
        """Return the segment that the resource's marks name."""
        return said(self.marks(resource), "segment")

    def classes(self, resource: Resource) -> tuple[str, ...]:
        """Return the classes of the data in it."""
        return classes_of(self.marks(resource))

    def line(self, resource: Resource) -> Line | None:
        """Return where the declaration says it: the block of its site, else the file's first line."""
        return self.line_of_site(self.site(resource))

    def line_of_site(self, site: str | None) -> Line | None:
        """Return where a site is declared; None where nobody has the declaration."""
        if self._document is None:
            return None
        keys: tuple[Any, ...] = ("sites", site) if site in self._declared else ()
        return line_at(self._document.position(keys))

    @cached_property
    def _declared(self) -> frozenset[str]:
        sites = self._document.data.get("sites") if self._document and isinstance(self._document.data, dict) else None
        return frozenset(sites) if isinstance(sites, dict) else frozenset()


def line_at(position: Position) -> Line:
    """Return a position as a record has it."""
    return Line(file=position.file, line=position.line, column=position.column)


def _begins(name: str, site: str) -> bool:
    return name == site or name.startswith(f"{site}-")
