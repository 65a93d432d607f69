"""What the SDKs offer and nobody has judged, and what the tables judge and no SDK offers any more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enclave_policies.catalog.type_catalog import read_inputs, read_models, read_switches, read_types
from enclave_policies.sdk.looks import MUST_BE_JUDGED, looks
from enclave_policies.sdk.roles import ancestors, is_text, read_names, role_by_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from enclave_policies.sdk.source import SdkType

OWN_REGION = "region"
MODEL_SERVICES = "aws:bedrock"
MAP_OR_TEXT = re.compile(r"Mapping\[|_builtins\.str")
TOLD_BY_ITS_SHAPE = re.compile(r".*Arns?")
JUDGE_TYPE = "judge it in law/types/judged.txt"
JUDGE_INPUT = "judge it in law/types/inputs/judged.txt, or its name in law/types/names"


def gaps(folder: Path, sdks: Mapping[str, Mapping[str, SdkType]]) -> list[str]:
    """Return one sentence for each gap between the tables in ``folder`` and the SDKs (package → token → type)."""
    found: list[str] = []
    for package, types in sdks.items():
        found += unjudged_types(folder, types)
        found += unjudged_inputs(folder, package, types)
        found += leftovers(folder, package, types)
    return found


def unjudged_types(folder: Path, types: Mapping[str, SdkType]) -> Iterator[str]:
    """Yield the types without a class."""
    kinds = read_types(folder)
    for token in types:
        if kinds.get(token) in (None, "no-region"):
            yield f"{token} is new or without a class: {JUDGE_TYPE}"


def unjudged_inputs(folder: Path, package: str, types: Mapping[str, SdkType]) -> Iterator[str]:
    """Yield the inputs whose names smell of a region, zone, edge, destination or switch, and that nobody judged.

    A region-like input counts as judged only where its own path is; of the others its name may be. Of Bedrock's types,
    so does what smells of a model.
    """
    names = read_names(folder / "names" / package)
    judged, switches, models = read_inputs(folder), read_switches(folder), read_models(folder).inputs
    for token, type_ in types.items():
        paths = judged.get(token, {})
        settled = {switch.path for switch in switches.get(token, ())} | set(models.get(token, ()))
        for path, smells in _smelling(token, type_):
            if path in settled or _is_words(path, paths, names):
                continue
            if path not in paths and ("region" in smells or role_by_name(path, names) is None):
                yield f"{token} has an input {path} that looks like a {', '.join(sorted(smells))}: {JUDGE_INPUT}"


def _smelling(token: str, type_: SdkType) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the inputs that must be judged, and what they smell of."""
    wanted = MUST_BE_JUDGED | {"model"} if token.startswith(MODEL_SERVICES) else MUST_BE_JUDGED
    for path, value in type_.inputs.items():
        if path == OWN_REGION and type_.region == "override":
            continue
        leaf = path.rpartition(".")[2]
        flag = "_builtins.bool" in value
        smells = looks(leaf, flag=flag) & wanted if flag or is_text(value) else frozenset[str]()
        if smells and ("model" in smells or not TOLD_BY_ITS_SHAPE.fullmatch(leaf)):
            yield path, smells


def leftovers(folder: Path, package: str, types: Mapping[str, SdkType]) -> Iterator[str]:
    """Yield what the tables judge and the SDK no longer has: types, inputs, names."""
    prefix = f"{package}:"
    aliases = {old for type_ in types.values() for old in type_.aliases}
    for token in read_types(folder):
        known = token in types or token in aliases or token in UNDECORATED or token.endswith(":*")
        if token.startswith(prefix) and not known:
            yield f"{token} is in law/types and not in the SDK: remove it"
    for token, paths in _told(folder).items():
        if token.startswith(prefix) and (token in types or token not in aliases):
            yield from _not_offered(token, types.get(token), paths)
    names = read_names(folder / "names" / package)
    ends = _ends(
        {path for type_ in types.values() for path in type_.inputs},
        longest=max((len(_split(name)) for name in names), default=0),
    )
    for name in names:
        if name not in ends:
            yield f"no {package} type has an input {name}, which law/types/names tells about: remove it"


def _told(folder: Path) -> dict[str, set[str]]:
    """Return token → every path that some table tells about."""
    told = {token: set(paths) for token, paths in read_inputs(folder).items()}
    for token, switches in read_switches(folder).items():
        told.setdefault(token, set()).update(switch.path for switch in switches)
    for token, models in read_models(folder).inputs.items():
        told.setdefault(token, set()).update(models)
    return told


def _not_offered(token: str, type_: SdkType | None, paths: set[str]) -> Iterator[str]:
    for path in sorted(paths):
        if type_ is None or not _offers(type_, path):
            yield f"{token} has no input {path}, which law/types tells about: remove it"


def _is_words(path: str, paths: Mapping[str, str], names: dict[str, str]) -> bool:
    return any((paths.get(above) or role_by_name(above, names)) == "words" for above in ancestors(path))


def _offers(type_: SdkType, path: str) -> bool:
    """Whether a type has an input, an object of inputs, or a map or JSON text that may hold such a key."""
    below = f"{path}."
    if path in type_.inputs or any(each.startswith(below) for each in type_.inputs):
        return True
    return any(MAP_OR_TEXT.search(type_.inputs.get(above, "")) for above in ancestors(path))


def _ends(paths: set[str], *, longest: int) -> set[str]:
    """Return every ending, up to so many segments, of the paths and of the objects that they lie in."""
    wholes = paths | {above for path in paths for above in ancestors(path)}
    segments = [_split(whole) for whole in wholes]
    return {".".join(each[-length:]) for each in segments for length in range(1, min(longest, len(each)) + 1)}


def _split(path: str) -> list[str]:
    return path.split(".")


UNDECORATED = frozenset(
    {"kubernetes:helm.sh/v2:Chart", "kubernetes:kustomize:Directory"}
    | {"kubernetes:yaml:ConfigFile", "kubernetes:yaml:ConfigGroup"}
)
"""Components of the Kubernetes SDK that carry no type_token decorator."""
