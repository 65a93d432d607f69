"""`enclave catalog`: what the catalog of types knows, and what the installed SDKs offer beyond it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from enclave_policies.catalog.kinds import KINDS, UNJUDGED
from enclave_policies.catalog.roles import ROLES
from enclave_policies.catalog.stored import compile_catalog, read_catalog
from enclave_policies.catalog.tables.compiling import compile_tables
from enclave_policies.catalog.tables.looks import looks
from enclave_policies.sdk import keys as sdk_keys
from enclave_policies.sdk.generate import FOLDER, GENERATED, installed_offer, sdk
from enclave_policies.sdk.source import version

from console import terminal
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from enclave_policies.catalog.tables.sdk_type import SdkType
    from enclave_policies.catalog.whole import Catalog

REGION_LIKE = "region"


@dataclass(frozen=True)
class PackageCoverage:
    """How far the catalog covers one installed SDK; ``region_like`` counts inputs beside the v7 region override."""

    package: str
    sdk: str
    types: int
    classified: int
    classes: Mapping[str, int]
    region_like: int


@dataclass(frozen=True)
class Coverage:
    """How far the catalog covers the installed SDKs."""

    packages: tuple[PackageCoverage, ...]
    encryption: sdk_keys.Coverage


def catalog(coverage: bool, json: bool, type_: str | None = None, policy_pack: Path | None = None) -> int:
    """Print the coverage, or what is known of one type; return 0 where nothing is missing, 1 otherwise.

    ``policy_pack`` None: the shipped jurisdiction pack. Raises ProblemsError where the catalog is not whole.
    """
    folder = _folder(policy_pack)
    if coverage or type_ is None:
        return _print_coverage(folder, as_json=json)
    return _print_type(read_catalog(folder), type_, folder, as_json=json)


def compiled(policy_pack: Path | None = None) -> int:
    """Compile the tables of a pack's catalog; return 0. Raises ProblemsError where they are not whole."""
    found = compile_catalog(_folder(policy_pack))
    terminal.out([f"compiled: {len(found.kinds):,} types, {len(found.inputs):,} of them with inputs that bear a place"])
    return 0


def _folder(policy_pack: Path | None) -> Path:
    return policy_pack / "law" / "catalog" if policy_pack else FOLDER


def gaps(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return one sentence for each thing that the installed SDKs offer and the tables in ``folder`` do not judge."""
    try:
        compile_tables(folder, installed_offer())
    except ProblemsError as error:
        return tuple(problem.message for problem in error.problems)
    return ()


def measure(found: Catalog) -> Coverage:
    """Count what a catalog says of the SDKs as they are installed now."""
    sdks = {package: sdk(package) for package in GENERATED}
    return Coverage(
        packages=tuple(_measure(package, types, found.kinds) for package, types in sdks.items()),
        encryption=sdk_keys.measure(found.encryption, sdks["aws"]),
    )


def _measure(package: str, types: Mapping[str, SdkType], kinds: Mapping[str, str]) -> PackageCoverage:
    classes = Counter(kinds.get(token, UNJUDGED) for token in types if _is_generated(types[token]))
    total = classes.total()
    region_like = sum(
        REGION_LIKE in looks(path.rpartition(".")[2])
        for type_ in types.values()
        for path in type_.inputs
        if not (path == "region" and type_.region == "override")
    )
    version_ = f"{GENERATED[package]} {version(GENERATED[package])}"
    known = total - classes.pop(UNJUDGED, 0)
    return PackageCoverage(package, version_, total, known, dict(sorted(classes.items())), region_like)


def _is_generated(type_: SdkType) -> bool:
    """Whether the SDK generates the type: a component that was written by hand has no inputs that could be read."""
    return bool(type_.inputs) or not type_.component


def _print_coverage(folder: Path, *, as_json: bool) -> int:
    found, unknown = measure(read_catalog(folder)), gaps(folder)
    if as_json:
        terminal.document(json.dumps(asdict(found) | {"unknown": unknown}, indent=2))
        return 1 if unknown else 0
    for package in found.packages:
        terminal.out([f"{package.sdk}: {package.classified:,}/{package.types:,} types classified"])
        for kind, number in package.classes.items():
            terminal.out([f"  {number:>5,} {kind}: {KINDS[kind]}"])
        terminal.out([f"  {package.region_like:>5,} region-like inputs beside the region override"])
    for line in sdk_keys.coverage_lines(found.encryption):
        terminal.out([line])
    terminal.out([f"{len(unknown)} gaps: what the installed SDKs offer and nobody has judged"])
    for sentence in unknown:
        terminal.out([f"  {sentence}"])
    return 1 if unknown else 0


def describe(known: Catalog, type_: str) -> dict[str, Any] | None:
    """Return kind, inputs, switches and models of one type; None for an unknown one."""
    kind = known.kinds.get(type_) or known.kinds.get(f"{type_.partition(':')[0]}:*")
    if kind is None:
        return None
    return {
        "type": type_,
        "kind": kind,
        "inputs": dict(sorted(known.inputs.get(type_, {}).items())),
        "switches": [asdict(switch) for switch in known.switches.get(type_, ())],
        "models": list(known.models.inputs.get(type_, ())),
    }


def _print_type(known: Catalog, type_: str, folder: Path, *, as_json: bool) -> int:
    found = describe(known, type_)
    if found is None:
        unknown = f"nobody has judged it, so it is refused; judge it in {folder / 'kinds'}"
        if as_json:
            terminal.document(json.dumps({"type": type_, "kind": None, "problem": unknown}, indent=2))
        else:
            terminal.out([f"{type_}: {unknown}"])
        return 1
    if as_json:
        terminal.document(json.dumps(found, indent=2))
        return 0
    terminal.out([f"{type_}: {found['kind']} ({KINDS[found['kind']]})"])
    for path, role in found["inputs"].items():
        terminal.out([f"  {path}: {role} ({ROLES[role]})"])
    for switch in found["switches"]:
        terminal.out([f"  {switch['path']}: {switch['verdict']} when it {_speaks(switch)}: {switch['words']}"])
    for path in found["models"]:
        terminal.out([f"  {path}: a model; its profile tells which regions may answer"])
    return 0


def _speaks(switch: Mapping[str, Any]) -> str:
    parts = []
    if switch["values"]:
        parts.append(f"is {'none of' if switch['only'] else 'one of'} {', '.join(switch['values'])}")
    if switch["absent"]:
        parts.append("is absent")
    return " or ".join(parts) or "has any value"
