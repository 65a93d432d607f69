"""All files of a law: the shipped ones, those in ``local/`` that add to them, and a sandbox's overlay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.catalog.stored import read_catalog
from enclave_policies.catalog.whole import Catalog
from enclave_policies.law.folder import files
from enclave_policies.law.folder.document import read_file
from enclave_policies.law.folder.parts import Part, merge
from enclave_policies.law.folder.strangers import LOCAL, strangers
from enclave_policies.law.folder.table_dates import in_the_future, stale_tables
from enclave_policies.law.lifecycle import LifecycleFile
from enclave_policies.law.transition import TransitionalFile
from located_yaml import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from enclave_policies.law.facts import StaleFact
    from enclave_policies.law.folder.document import LawFile
    from enclave_policies.law.folder.parts import Row

CATALOG: Final = "catalog"
COUNTRIES: Final = "countries.yaml"
APPROVED: Final = "approved.yaml"
SHIPPED: Final[Mapping[str, type]] = {
    COUNTRIES: files.CountriesFile,
    APPROVED: files.ApprovedFile,
    "aws-regions.yaml": files.RegionsFile,
    "aws-zones.yaml": files.ZonesFile,
    "clusters.yaml": files.ClustersFile,
    "adequacy.yaml": files.AdequacyFile,
    "transfers.yaml": files.TransfersFile,
    "placement.yaml": files.PlacementFile,
    "lifecycle.yaml": LifecycleFile,
    "transitional.yaml": TransitionalFile,
    "exceptions.yaml": files.ExceptionsFile,
}


@dataclass
class Sources:
    """What was read, and every problem so far. A file that could not be read is not among ``shipped``."""

    shipped: dict[str, LawFile[Any]] = field(default_factory=dict)
    local: list[LawFile[files.LocalFile]] = field(default_factory=list)
    overlay: LawFile[files.OverlayFile] | None = None
    catalog: Catalog = field(default_factory=Catalog)
    stale_tables: tuple[StaleFact, ...] = ()
    problems: list[Problem] = field(default_factory=list)

    def parts(self, file: str, name: str) -> list[Part[Any]]:
        """Return what a shipped file and the local files give to the table ``name``."""
        shipped = [self.shipped[file]] if file in self.shipped else []
        return [Part(f.document, (name,), getattr(f.content, name)) for f in (*shipped, *self.local)]

    def table(self, what: str, file: str, name: str) -> dict[str, Row[Any]]:
        """Return the entries of such a table by name or id; ``what`` says what one entry is."""
        return merge(what, self.parts(file, name), self.problems)

    def approvals(self, what: str, name: str) -> dict[str, Row[Any]]:
        """Return the entries of one list or table of approved.yaml and of the local files' ``approved``."""
        shipped = [self.shipped[APPROVED]] if APPROVED in self.shipped else []
        parts = [Part(f.document, (name,), getattr(f.content, name)) for f in shipped]
        parts += [Part(f.document, ("approved", name), getattr(f.content.approved, name)) for f in self.local]
        return merge(what, parts, self.problems)

    @property
    def newest(self) -> date | None:
        """The day of the newest check of a fact in the shipped and local files; a sandbox's is made anew each time."""
        days = (file.newest for file in (*self.shipped.values(), *self.local))
        return max((day for day in days if day), default=None)

    def stale(self) -> tuple[StaleFact, ...]:
        """Return the stale facts of all files."""
        overlay = [self.overlay] if self.overlay else []
        files = (*self.shipped.values(), *self.local, *overlay)
        return tuple(sorted([*self.stale_tables, *(fact for file in files for fact in file.stale)]))


def read_sources(folder: Path, overlay: Path | None, day: date) -> Sources:
    """Read every file of a law folder, its ``local/*.yaml`` and the overlay; problems are collected, not raised."""
    sources = Sources()

    def attempt(path: Path, model: type) -> LawFile[Any] | None:
        try:
            return read_file(path, model, day)
        except ProblemsError as error:
            sources.problems += error.problems
            return None

    for name, model in SHIPPED.items():
        if (file := attempt(folder / name, model)) is not None:
            sources.shipped[name] = file
    sources.problems += strangers(folder, frozenset(SHIPPED))
    for path in sorted((folder / LOCAL).glob("*.yaml")):
        if (file := attempt(path, files.LocalFile)) is not None:
            sources.local.append(file)
    if overlay is not None:
        sources.overlay = attempt(overlay, files.OverlayFile)
    try:
        sources.catalog = read_catalog(folder / CATALOG)
        sources.problems += in_the_future(sources.catalog, folder / CATALOG, day)
        sources.stale_tables = tuple(stale_tables(sources.catalog, folder / CATALOG, day))
    except ProblemsError as error:
        sources.problems += error.problems
    return sources
