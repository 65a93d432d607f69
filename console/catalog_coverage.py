"""How far the catalog covers the installed SDKs, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enclave_policies.catalog.kinds import KINDS, UNJUDGED
from enclave_policies.catalog.objects import DECIDES, kind_of
from enclave_policies.catalog.openings import OPENINGS, REFUSED
from enclave_policies.catalog.tables.looks import looks
from enclave_policies.sdk import keys as sdk_keys
from enclave_policies.sdk.generate import GENERATED, sdk
from enclave_policies.sdk.source import version
from enclave_policies.texts.programs.record import blocks, programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.catalog.tables.sdk_type import SdkType
    from enclave_policies.catalog.whole import Catalog

REGION_LIKE = "region"
REFUSED_AS_THEY_ARE = "refused"


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
class OpeningCoverage:
    """Of how many AWS types is judged who is let in; ``by`` counts each once, under the first that it is judged by."""

    types: int
    by: Mapping[str, int]


@dataclass(frozen=True)
class ObjectCoverage:
    """Of how many of Kubernetes' own kinds is judged which input decides something; ``refused``: for leaving it out."""

    kinds: int
    judged: int
    by: Mapping[str, int]
    refused: int


@dataclass(frozen=True)
class ProgramCoverage:
    """Of how many common programs is known what a block of their configuration leaves open."""

    programs: int
    blocks: int


@dataclass(frozen=True)
class Coverage:
    """How far the catalog covers the installed SDKs."""

    packages: tuple[PackageCoverage, ...]
    openings: OpeningCoverage
    objects: ObjectCoverage
    programs: ProgramCoverage
    encryption: sdk_keys.Coverage


def measure(found: Catalog) -> Coverage:
    """Count what a catalog says of the SDKs as they are installed now."""
    sdks = {package: sdk(package) for package in GENERATED}
    return Coverage(
        packages=tuple(_measure(package, types, found.kinds) for package, types in sdks.items()),
        openings=_openings(found, sdks["aws"]),
        objects=_objects(found, {kind_of(token) for token in sdks["kubernetes"]}),
        programs=ProgramCoverage(len(programs()), len(blocks())),
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


def _openings(found: Catalog, types: Mapping[str, SdkType]) -> OpeningCoverage:
    counted: Counter[str] = Counter()
    for token in types:
        by = found.openings.get(token, ())
        if by:
            counted[by[0]] += 1
        elif found.kinds.get(token) in REFUSED:
            counted[REFUSED_AS_THEY_ARE] += 1
    return OpeningCoverage(len(types), {name: counted[name] for name in (*OPENINGS, REFUSED_AS_THEY_ARE)})


def _objects(found: Catalog, kinds: set[str]) -> ObjectCoverage:
    inputs = [each for kind in kinds for each in found.objects.get(kind, ())]
    counted = Counter(each.decides for each in inputs)
    refused = sum(each.left_out.verdict != "allowed" for each in inputs)
    by: dict[str, int] = {decides: counted[decides] for decides in DECIDES}
    return ObjectCoverage(len(kinds), len(kinds & found.objects.keys()), by, refused)


def coverage_lines(found: Coverage) -> Iterator[str]:
    """Yield the coverage as it is printed."""
    for package in found.packages:
        yield f"{package.sdk}: {package.classified:,}/{package.types:,} types classified"
        for kind, number in package.classes.items():
            yield f"  {number:>5,} {kind}: {KINDS[kind]}"
        yield f"  {package.region_like:>5,} region-like inputs beside the region override"
    judged = sum(found.openings.by.values())
    yield f"openings: {judged:,}/{found.openings.types:,} AWS types judged, each counted under the first that holds"
    for name, number in found.openings.by.items():
        yield f"  {number:>5,} {name}: {OPENINGS.get(name, 'worldwide or opaque, whoever is let in')}"
    yield f"objects: {found.objects.judged:,}/{found.objects.kinds:,} of Kubernetes' own kinds judged, by their inputs"
    for decides, words in DECIDES.items():
        yield f"  {found.objects.by[decides]:>5,} {decides}: {words}"
    yield f"  {found.objects.refused:>5,} of these inputs are refused where they are left out"
    yield f"programs: {found.programs.programs:,}, with {found.programs.blocks:,} blocks that can leave a place open"
    yield from sdk_keys.coverage_lines(found.encryption)
