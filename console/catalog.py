"""`enclave catalog`: what the catalog of types knows, and what the installed SDKs offer beyond it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from enclave_policies.catalog.type_catalog import (
    KINDS,
    ROLES,
    read_inputs,
    read_models,
    read_switches,
    read_types,
)
from enclave_policies.sdk import keys as sdk_keys
from enclave_policies.sdk.gaps import gaps
from enclave_policies.sdk.generate import FOLDER, GENERATED, sdk
from enclave_policies.sdk.looks import looks
from enclave_policies.sdk.source import version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from enclave_policies.sdk.source import SdkType

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
    """How far the catalog covers the installed SDKs; ``unknown`` has one sentence for each gap."""

    packages: tuple[PackageCoverage, ...]
    unknown: tuple[str, ...]
    unknown_region_like: int


def catalog(coverage: bool, json: bool, type_: str | None = None) -> int:
    """Print the coverage, or what is known of one type; return 0 where nothing is missing, 1 otherwise."""
    if coverage or type_ is None:
        return _print_coverage(measure(), sdk_keys.measure(), as_json=json)
    return _print_type(type_, as_json=json)


def measure(folder: Path = FOLDER) -> Coverage:
    """Compare the catalog in ``folder`` with the SDKs as they are installed now."""
    sdks = {package: sdk(package) for package in GENERATED}
    unknown = tuple(gaps(folder, sdks))
    kinds = read_types(folder)
    return Coverage(
        packages=tuple(_measure(package, types, kinds) for package, types in sdks.items()),
        unknown=unknown,
        unknown_region_like=sum("looks like a region" in sentence for sentence in unknown),
    )


def _measure(package: str, types: Mapping[str, SdkType], kinds: Mapping[str, str]) -> PackageCoverage:
    classes = Counter(kinds.get(token, "no-region") for token in types if _is_generated(types[token]))
    total = classes.total()
    region_like = sum(
        REGION_LIKE in looks(path.rpartition(".")[2])
        for type_ in types.values()
        for path in type_.inputs
        if not (path == "region" and type_.region == "override")
    )
    version_ = f"{GENERATED[package]} {version(GENERATED[package])}"
    known = total - classes.pop("no-region", 0)
    return PackageCoverage(package, version_, total, known, dict(sorted(classes.items())), region_like)


def _is_generated(type_: SdkType) -> bool:
    """Whether the SDK generates the type: a component that was written by hand has no inputs that could be read."""
    return bool(type_.inputs) or not type_.component


def _print_coverage(found: Coverage, keys: sdk_keys.Coverage, *, as_json: bool) -> int:
    code = 1 if found.unknown or keys.unknown else 0
    if as_json:
        _write(json.dumps(asdict(found) | {"encryption": asdict(keys)}, indent=2))
        return code
    for package in found.packages:
        _write(f"{package.sdk}: {package.classified:,}/{package.types:,} types classified")
        for kind, number in package.classes.items():
            _write(f"  {number:>5,} {kind}: {KINDS[kind]}")
        _write(f"  {package.region_like:>5,} region-like inputs beside the region override")
    _write(f"{found.unknown_region_like} unknown region-like properties, {len(found.unknown)} gaps in all")
    for sentence in found.unknown:
        _write(f"  {sentence}")
    for line in sdk_keys.coverage_lines(keys):
        _write(line)
    return code


def describe(type_: str, folder: Path = FOLDER) -> dict[str, Any] | None:
    """Return class, inputs, switches and models of one type by the tables in ``folder``; None for an unknown one."""
    kinds = read_types(folder)
    kind = kinds.get(type_) or kinds.get(f"{type_.partition(':')[0]}:*")
    if kind is None:
        return None
    return {
        "type": type_,
        "class": kind,
        "inputs": dict(sorted(read_inputs(folder).get(type_, {}).items())),
        "switches": [asdict(switch) for switch in read_switches(folder).get(type_, ())],
        "models": list(read_models(folder).inputs.get(type_, ())),
    }


def _print_type(type_: str, *, as_json: bool) -> int:
    found = describe(type_)
    if found is None:
        _write(f"{type_}: nobody has judged it, so it is refused; judge it in {FOLDER / 'judged.txt'}")
        return 1
    if as_json:
        _write(json.dumps(found, indent=2))
        return 0
    _write(f"{type_}: {found['class']} ({KINDS[found['class']]})")
    for path, role in found["inputs"].items():
        _write(f"  {path}: {role} ({ROLES[role]})")
    for switch in found["switches"]:
        _write(f"  {switch['path']}: {switch['verdict']} when it {_speaks(switch)}: {switch['words']}")
    for path in found["models"]:
        _write(f"  {path}: a model; its profile tells which regions may answer")
    return 0


def _speaks(switch: Mapping[str, Any]) -> str:
    parts = []
    if switch["values"]:
        parts.append(f"is {'none of' if switch['only'] else 'one of'} {', '.join(switch['values'])}")
    if switch["absent"]:
        parts.append("is absent")
    return " or ".join(parts) or "has any value"


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
