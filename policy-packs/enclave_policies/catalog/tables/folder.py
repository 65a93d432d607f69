"""The folder of the tables: its manifest, every table that it promises, and no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import located_yaml
from enclave_policies.catalog.tables import shapes
from enclave_policies.catalog.tables.offer import Offer, read_offer
from located_yaml import Document, Position, Problem, ProblemsError
from located_yaml.records import read_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

Content = TypeVar("Content", bound=shapes.Table)
Where = tuple[str | int, ...]

MANIFEST: Final = "manifest.yaml"


@dataclass(frozen=True)
class Read(Generic[Content]):
    """One table: its name in the folder, its content, and the document for messages."""

    name: str
    document: Document
    content: Content


@dataclass(frozen=True)
class Tables:
    """Every table of the catalog by section, and what the SDKs offer."""

    offer: Offer
    kinds: tuple[Read[shapes.KindTable], ...]
    inputs: tuple[Read[shapes.InputTable], ...]
    switches: tuple[Read[shapes.SwitchTable], ...]
    openings: tuple[Read[shapes.OpeningTable], ...]
    objects: tuple[Read[shapes.ObjectTable], ...]
    controllers: tuple[Read[shapes.ControllerTable], ...]
    models: tuple[Read[shapes.ModelTable], ...]
    names: Mapping[str, tuple[Read[shapes.NameTable], ...]]
    encryption: tuple[Read[shapes.EncryptionTable], ...]

    @property
    def all(self) -> Iterator[Read[Any]]:
        """Every table."""
        plain: tuple[tuple[Read[Any], ...], ...] = (self.kinds, self.inputs, self.switches, self.openings)
        for tables in (*plain, self.objects, self.controllers, self.models, *self.names.values(), self.encryption):
            yield from tables


def read_tables(folder: Path) -> Tables:
    """Read every table of ``folder``.

    Raises ProblemsError with all problems at once: a table that is missing, malformed or not listed in manifest.yaml.
    """
    problems: list[Problem] = []

    def attempt(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except ProblemsError as error:
            problems.extend(error.problems)
            return None

    offer = attempt(lambda: read_offer(folder))
    document = attempt(lambda: located_yaml.load(folder / MANIFEST))
    manifest = attempt(lambda: read_record(document, shapes.Manifest)) if document else None
    if document is None or manifest is None:
        raise ProblemsError(problems)
    problems += _unlisted(folder, document, manifest)

    def tables(files: Iterable[str], model: type[Content]) -> tuple[Read[Content], ...]:
        found = [attempt(lambda file=file: _read(folder, file, model)) for file in files]  # type: ignore[misc]
        return tuple(table for table in found if table is not None)

    read = Tables(
        offer=offer,
        kinds=tables(manifest.kinds, shapes.KindTable),
        inputs=tables(manifest.inputs, shapes.InputTable),
        switches=tables(manifest.switches, shapes.SwitchTable),
        openings=tables(manifest.openings, shapes.OpeningTable),
        objects=tables(manifest.objects, shapes.ObjectTable),
        controllers=tables(manifest.controllers, shapes.ControllerTable),
        models=tables(manifest.models, shapes.ModelTable),
        names={package: tables(files, shapes.NameTable) for package, files in manifest.names.items()},
        encryption=tables(manifest.encryption, shapes.EncryptionTable),
    )
    if problems:
        raise ProblemsError(problems)
    return read


def _read(folder: Path, name: str, model: type[Content]) -> Read[Content]:
    document = located_yaml.load(folder / name)
    return Read(name, document, read_record(document, model))


def _unlisted(folder: Path, document: Document, manifest: shapes.Manifest) -> Iterator[Problem]:
    listed: dict[str, Where] = {}
    for file, path in _listed(manifest):
        if file in listed:
            yield document.problem(path, f"{file} is listed twice; remove one")
        listed[file] = path
    for found in sorted(folder.rglob("*")):
        name = found.relative_to(folder).as_posix()
        if found.suffix in (".yaml", ".yml", ".txt") and name not in listed and name != MANIFEST:
            message = f"stands among the tables and is not listed in {MANIFEST}; list it or remove it"
            yield Problem(Position(str(found), 1, 1), message)


def _listed(manifest: shapes.Manifest) -> Iterator[tuple[str, Where]]:
    for section in ("kinds", "inputs", "switches", "openings", "objects", "controllers", "models", "encryption"):
        for index, file in enumerate(getattr(manifest, section)):
            yield file, (section, index)
    for package, files in manifest.names.items():
        for index, file in enumerate(files):
            yield file, ("names", package, index)
