"""What the SDKs offer and nobody has judged: a catalog with such a gap is not whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from enclave_policies.catalog.kinds import UNJUDGED
from enclave_policies.catalog.tables.key_looks import KEY_OBJECTS, key_like
from enclave_policies.catalog.tables.looks import MUST_BE_JUDGED, looks
from enclave_policies.catalog.tables.roles_by_name import role_by_name
from enclave_policies.catalog.tables.sdk_type import ancestors, is_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.catalog.encryption import Encryption
    from enclave_policies.catalog.kinds import Kind
    from enclave_policies.catalog.model_profiles import ModelProfiles
    from enclave_policies.catalog.roles import Role
    from enclave_policies.catalog.switches import Switch
    from enclave_policies.catalog.tables.sdk_type import SdkType

OWN_REGION: Final = "region"
MODEL_SERVICES: Final = "aws:bedrock"
TOLD_BY_ITS_SHAPE: Final = ("Arn", "Arns")
JUDGE_TYPE: Final = "judge it in kinds/"
JUDGE_INPUT: Final = "judge it in inputs/, or its name in names/"


@dataclass(frozen=True, slots=True)
class Judged:
    """What people judged, by token; ``inputs`` by name too; ``names`` by package."""

    kinds: Mapping[str, Kind]
    inputs: Mapping[str, Mapping[str, Role]]
    switches: Mapping[str, tuple[Switch, ...]]
    models: ModelProfiles
    names: Mapping[str, Mapping[str, Role]]


def unjudged_types(judged: Judged, types: Mapping[str, SdkType]) -> Iterator[str]:
    """Yield one sentence for each type without a kind."""
    for token, type_ in types.items():
        if judged.kinds.get(token, type_.kind) == UNJUDGED:
            yield f"{token} is new or without a kind: {JUDGE_TYPE}"


def unjudged_inputs(judged: Judged, package: str, types: Mapping[str, SdkType]) -> Iterator[str]:
    """Yield the inputs whose names smell of a region, zone, edge, destination or switch, and that nobody judged.

    A region-like input counts as judged only where its own path is; of the others its name may be. Of Bedrock's types,
    so does what smells of a model.
    """
    names = judged.names.get(package, {})
    for token, type_ in types.items():
        paths = judged.inputs.get(token, {})
        settled = {switch.path for switch in judged.switches.get(token, ())} | set(judged.models.inputs.get(token, ()))
        for path, smells in _smelling(token, type_):
            if path in settled or _is_words(path, paths, names):
                continue
            if path not in paths and ("region" in smells or role_by_name(path, names) is None):
                yield f"{token} has an input {path} that looks like a {', '.join(sorted(smells))}: {JUDGE_INPUT}"


def unjudged_keys(encryption: Mapping[str, Encryption], types: Mapping[str, SdkType]) -> Iterator[str]:
    """Yield the types whose encryption nobody judged, and the inputs of the others that look like a key."""
    for token, type_ in types.items():
        known = encryption.get(token)
        if known is None:
            yield f"{token} is new: say in encryption/ how it is encrypted, or that it keeps no data"
        elif not token.startswith(KEY_OBJECTS):
            for path in key_like(type_):
                if path not in known.paths and not set(known.none).intersection(ancestors(path)):
                    yield f"{token} has an input {path} that looks like a key: judge it in encryption/"


def leftover_names(names: Mapping[str, Role], types: Mapping[str, SdkType]) -> Iterator[str]:
    """Yield the names that no type has an input of."""
    ends = _ends(
        {path for type_ in types.values() for path in type_.inputs},
        longest=max((len(name.split(".")) for name in names), default=0),
    )
    for name in names:
        if name not in ends:
            yield name


def _smelling(token: str, type_: SdkType) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the inputs that must be judged, and what they smell of."""
    wanted = MUST_BE_JUDGED | {"model"} if token.startswith(MODEL_SERVICES) else MUST_BE_JUDGED
    for path, held in type_.inputs.items():
        if path == OWN_REGION and type_.region == "override":
            continue
        leaf = path.rpartition(".")[2]
        flag = "b" in held
        smells = looks(leaf, flag=flag) & wanted if flag or is_text(held) else frozenset[str]()
        if smells and ("model" in smells or not leaf.endswith(TOLD_BY_ITS_SHAPE)):
            yield path, smells


def _is_words(path: str, paths: Mapping[str, Role], names: Mapping[str, Role]) -> bool:
    return any((paths.get(above) or role_by_name(above, names)) == "words" for above in ancestors(path))


def _ends(paths: set[str], *, longest: int) -> set[str]:
    """Return every ending, up to so many segments, of the paths and of the objects that they lie in."""
    wholes = paths | {above for path in paths for above in ancestors(path)}
    segments = [whole.split(".") for whole in wholes]
    return {".".join(each[-length:]) for each in segments for length in range(1, min(longest, len(each)) + 1)}
