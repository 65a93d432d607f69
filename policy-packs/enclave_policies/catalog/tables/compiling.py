"""Compile the tables of a folder to one catalog, or say everything that keeps it from being whole."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.catalog.tables.checking import Checking
from enclave_policies.catalog.tables.complete import (
    Judged,
    leftover_names,
    unjudged_inputs,
    unjudged_keys,
    unjudged_types,
)
from enclave_policies.catalog.tables.controllers import read_controllers
from enclave_policies.catalog.tables.encryption import read_encryption
from enclave_policies.catalog.tables.folder import read_tables
from enclave_policies.catalog.tables.inputs import all_inputs, judged_inputs, read_names
from enclave_policies.catalog.tables.kinds import all_kinds, judged_kinds
from enclave_policies.catalog.tables.models import read_models
from enclave_policies.catalog.tables.objects import read_objects, unjudged_kinds
from enclave_policies.catalog.tables.openings import opened_by_switches, read_openings, unjudged_openings
from enclave_policies.catalog.tables.switches import read_switches
from enclave_policies.catalog.whole import Catalog, Checked
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enclave_policies.catalog.tables.folder import Read, Tables
    from enclave_policies.catalog.tables.offer import Offer
    from enclave_policies.catalog.tables.sdk_type import SdkType
    from enclave_policies.catalog.tables.shapes import NameTable


TAGS: Final = frozenset({"tags", "tagsAll"})
"""Inputs by which a resource says whose it is."""


def compile_tables(folder: Path, offer: Offer | None = None) -> Catalog:
    """Return the catalog that the tables in ``folder`` make; ``offer`` None: held against ``folder``/sdk.json.

    Raises ProblemsError with all problems at once: whatever a table says wrong, names that no SDK has, and types and
    inputs of the SDKs that nobody has judged.
    """
    tables = read_tables(folder)
    checking = Checking(offer or tables.offer)
    names = {package: read_names(package, read, checking) for package, read in tables.names.items()}
    judged = Judged(
        kinds=judged_kinds(tables.kinds, checking),
        inputs=all_inputs(judged_inputs(tables.inputs, checking), names.get("aws", {}), checking),
        switches=read_switches(tables.switches, checking),
        models=read_models(tables.models, checking),
        names=names,
    )
    encryption = read_encryption(tables.encryption, checking)
    openings = read_openings(tables.openings, opened_by_switches(tables.switches), judged.inputs, checking)
    controllers = read_controllers(tables.controllers, checking)
    objects = read_objects(tables.objects, controllers, checking)
    if checking.problems:
        raise ProblemsError(checking.problems)
    problems = [
        *_gaps(tables, judged, checking.offer),
        *(_at(tables.encryption, sentence) for sentence in unjudged_keys(encryption, checking.offer.of("aws"))),
        *(
            _at(tables.openings, sentence)
            for sentence in unjudged_openings(openings, judged.kinds, checking.offer.of("aws"))
        ),
        *(_at(tables.objects, sentence) for sentence in unjudged_kinds(objects, checking.offer)),
        *_leftovers(tables, judged, checking.offer),
    ]
    if problems:
        raise ProblemsError(problems)
    return Catalog(
        kinds=all_kinds(dict(judged.kinds), checking),
        inputs=judged.inputs,
        switches=judged.switches,
        openings=openings,
        objects=objects,
        controllers=controllers,
        models=judged.models,
        encryption=encryption,
        untagged=frozenset(token for token, told in checking.offer.of("aws").items() if not TAGS & _first(told)),
        checked=tuple(chain.from_iterable(_checked(table) for table in tables.all)),
    )


def _first(told: SdkType) -> frozenset[str]:
    return frozenset(path.partition(".")[0] for path in told.inputs)


def _gaps(tables: Tables, judged: Judged, offer: Offer) -> Iterator[Problem]:
    for package in offer.versions:
        types = offer.of(package)
        for sentence in unjudged_types(judged, types):
            yield _at(tables.kinds, sentence)
        for sentence in unjudged_inputs(judged, package, types):
            yield _at(tables.inputs, sentence)


def _at(tables: tuple[Read[Any], ...], sentence: str) -> Problem:
    """Return a problem of what is missing: at the first table that it could stand in."""
    return tables[0].document.problem((), sentence)


def _leftovers(tables: Tables, judged: Judged, offer: Offer) -> Iterator[Problem]:
    """Yield the names that no type has an input of, of the packages whose inputs are known."""
    for package, names in judged.names.items():
        types = offer.of(package)
        if any(type_.inputs for type_ in types.values()):
            for name in leftover_names(names, types):
                yield _of_name(tables.names[package], name, f"no {package} type has an input {name}; remove it")


def _of_name(tables: tuple[Read[NameTable], ...], name: str, message: str) -> Problem:
    for table in tables:
        for number, group in enumerate(table.content.groups):
            if name in group.names:
                return table.document.problem(("groups", number, "names", name), message)
    return Problem(Position(tables[0].document.file, 1, 1), message)


def _checked(table: Read[Any]) -> Iterator[Checked]:
    """Yield when the facts of a table were checked, and those of each group that says so itself."""
    content = table.content
    yield Checked(table.name, table.document.position(("as_of",)).line, content.as_of, content.stale_after_days)
    for number, group in enumerate(content.groups):
        if group.as_of is not None:
            line = table.document.position(("groups", number, "as_of")).line
            yield Checked(table.name, line, group.as_of, content.stale_after_days)
