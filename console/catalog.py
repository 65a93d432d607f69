"""`enclave catalog`: what the catalog of types knows, and what the installed SDKs offer beyond it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from enclave_policies.catalog.kinds import KINDS
from enclave_policies.catalog.openings import OPENINGS
from enclave_policies.catalog.roles import ROLES
from enclave_policies.catalog.stored import compile_catalog, read_catalog
from enclave_policies.catalog.tables.compiling import compile_tables
from enclave_policies.sdk.generate import FOLDER, installed_offer

from console import terminal
from console.catalog_coverage import coverage_lines, measure
from console.document import document
from console.exit_codes import GOOD, REFUSED
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from enclave_policies.catalog.whole import Catalog


def catalog(coverage: bool, json: bool, type_: str | None = None, only_pack: Path | None = None) -> int:
    """Print the coverage, or what is known of one type; return GOOD where nothing is missing, REFUSED otherwise.

    ``only_pack`` None: the shipped jurisdiction pack. Raises ProblemsError where the catalog is not whole.
    """
    folder = _folder(only_pack)
    if coverage or type_ is None:
        return _print_coverage(folder, as_json=json)
    return _print_type(read_catalog(folder), type_, folder, as_json=json)


def compiled(only_pack: Path | None = None, json: bool = False) -> int:
    """Compile the tables of a pack's catalog; return 0. Raises ProblemsError where they are not whole."""
    found = compile_catalog(_folder(only_pack))
    if json:
        counts = {"types": len(found.kinds), "types_with_places": len(found.inputs)}
        terminal.document(document("catalog", {"about": "compiled", "verdict": "known", **counts}))
        return 0
    terminal.out([f"compiled: {len(found.kinds):,} types, {len(found.inputs):,} of them with inputs that bear a place"])
    return 0


def _folder(only_pack: Path | None) -> Path:
    return only_pack / "law" / "catalog" if only_pack else FOLDER


def gaps(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return one sentence for each thing that the installed SDKs offer and the tables in ``folder`` do not judge."""
    try:
        compile_tables(folder, installed_offer())
    except ProblemsError as error:
        return tuple(problem.message for problem in error.problems)
    return ()


def _print_coverage(folder: Path, *, as_json: bool) -> int:
    found, unknown = measure(read_catalog(folder)), gaps(folder)
    if as_json:
        verdict = "gaps" if unknown else "known"
        counted = {"about": "coverage", "verdict": verdict, **asdict(found), "problems": list(unknown)}
        terminal.document(document("catalog", counted))
        return REFUSED if unknown else GOOD
    terminal.out(coverage_lines(found))
    terminal.out([f"{len(unknown)} gaps: what the installed SDKs offer and nobody has judged"])
    for sentence in unknown:
        terminal.out([f"  {sentence}"])
    return REFUSED if unknown else GOOD


def describe(known: Catalog, type_: str) -> dict[str, Any] | None:
    """Return kind, openings, inputs, switches and models of one type; None for an unknown one."""
    kind = known.kinds.get(type_) or known.kinds.get(f"{type_.partition(':')[0]}:*")
    if kind is None:
        return None
    return {
        "type": type_,
        "kind": kind,
        "inputs": dict(sorted(known.inputs.get(type_, {}).items())),
        "openings": list(known.openings.get(type_, ())),
        "switches": [asdict(switch) for switch in known.switches.get(type_, ())],
        "models": list(known.models.inputs.get(type_, ())),
    }


def _print_type(known: Catalog, type_: str, folder: Path, *, as_json: bool) -> int:
    found = describe(known, type_)
    if found is None:
        unknown = f"nobody has judged it, so it is refused; judge it in {folder / 'kinds'}"
        if as_json:
            nothing = {"about": "type", "verdict": "unknown", "type": type_, "kind": None, "problems": [unknown]}
            terminal.document(document("catalog", nothing))
        else:
            terminal.out([f"{type_}: {unknown}"])
        return REFUSED
    if as_json:
        inputs = [{"role": role, "path": path} for path, role in found["inputs"].items()]
        told = {"about": "type", "verdict": "known", **found, "inputs": inputs}
        terminal.document(document("catalog", told))
        return 0
    terminal.out([f"{type_}: {found['kind']} ({KINDS[found['kind']]})"])
    for by in found["openings"]:
        terminal.out([f"  who is let in, by {by}: {OPENINGS[by]}"])
    for path, role in found["inputs"].items():
        terminal.out([f"  {path}: {role} ({ROLES[role]})"])
    for switch in found["switches"]:
        terminal.out([f"  {switch['path']}: {switch['verdict']} when it {_speaks(switch)}: {switch['words']}"])
    for path in found["models"]:
        terminal.out([f"  {path}: a model; its profile tells which regions may answer"])
    return 0


def _speaks(switch: Mapping[str, Any]) -> str:
    words = _one_of(switch) or "has any value"
    for beside in switch["when"]:
        words += f", where {beside['path']} {_one_of(beside)}"
    for beside in switch["unless"]:
        words += f", unless {beside['path']} {_one_of(beside)}"
    return words


def _one_of(told: Mapping[str, Any]) -> str:
    parts = []
    if told["values"]:
        parts.append(f"is {'none' if told.get('only') else 'one'} of {', '.join(told['values'])}")
    if told["absent"]:
        parts.append("is absent")
    return " or ".join(parts)
