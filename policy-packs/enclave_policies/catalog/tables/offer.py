"""What the SDKs offer (law/catalog/sdk.json): the names that a table may use. Generated, never written by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.catalog.tables.sdk_type import SdkType
from located_yaml import Position, Problem, ProblemsError
from located_yaml.files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FILE: Final = "sdk.json"
LARGEST: Final = 50_000_000  # bytes; it has 5 million
REPAIR: Final = "restore it from git, or run python -m enclave_policies.sdk.generate"
ITSELF: Final = ""
"""The key of an object of inputs that may also be a plain value: what it holds then."""
UNDECORATED: Final = frozenset(
    {"kubernetes:helm.sh/v2:Chart", "kubernetes:kustomize:Directory"}
    | {"kubernetes:yaml:ConfigFile", "kubernetes:yaml:ConfigGroup"}
)
"""Components of the Kubernetes SDK that carry no type_token decorator."""


@dataclass(frozen=True)
class Offer:
    """Every type of every SDK by token, old names by their new ones, and the version of each package's SDK."""

    types: Mapping[str, SdkType]
    aliases: Mapping[str, str]
    versions: Mapping[str, str]

    def of(self, package: str) -> dict[str, SdkType]:
        """Return the types of one package."""
        return {token: type_ for token, type_ in self.types.items() if token.startswith(f"{package}:")}

    def refusal(self, token: str, *, any_package: bool = False) -> str | None:
        """Return what is wrong with a token, None for one of an SDK (``any_package``: or of another package)."""
        package = token.partition(":")[0]
        if token in self.types or token in self.aliases or token in UNDECORATED:
            return None
        if package not in self.versions:
            known = ", ".join(sorted(self.versions))
            return None if any_package else f"{token} is of no package whose SDK is known ({known}); correct it"
        if token == f"{package}:*" and package != "aws":
            return None
        module = token.rpartition("/")[0] or token.rpartition(":")[0]
        near = get_close_matches(token, [each for each in self.types if each.startswith(module)], 1)
        hint = f"; did you mean {near[0]}?" if near else "; correct it or remove it"
        return f"{self.versions[package]} has no type {token}{hint}"

    def refusal_of_input(self, token: str, path: str) -> str | None:
        """Return what is wrong with a path of a known type, None for an input that the SDK offers."""
        type_ = self.types.get(self.aliases.get(token, token))
        if type_ is None or type_.offers(path):
            return None
        near = get_close_matches(path, type_.inputs, 1)
        hint = f"; did you mean {near[0]}?" if near else "; correct it or remove it"
        return f"{token} has no input {path}{hint}"


def offer_of(sdks: Mapping[str, tuple[str, Mapping[str, SdkType]]]) -> Offer:
    """Return what the SDKs offer: package → its version and its types by token."""
    types = {token: type_ for _, found in sdks.values() for token, type_ in found.items()}
    aliases = {old: new for new, type_ in types.items() for old in type_.aliases if old not in types}
    return Offer(types, aliases, {package: version for package, (version, _) in sdks.items()})


def read_offer(folder: Path) -> Offer:
    """Read ``folder``/sdk.json. Raises ProblemsError where it is missing or damaged."""
    file = folder / FILE
    try:
        stored = json.loads(read_text(file, str(file), LARGEST))
        sdks = {package: (told["sdk"], dict(_types(told["types"]))) for package, told in stored.items()}
        return offer_of({"aws": sdks["aws"], **sdks})
    except ProblemsError as error:
        raise ProblemsError([Problem(Position(str(file), 1, 1), f"{error.problems[0].message}: {REPAIR}")]) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        problem = Problem(Position(str(file), 1, 1), f"cannot be read ({type(error).__name__}): {REPAIR}")
        raise ProblemsError([problem]) from None


def render_offer(sdks: Mapping[str, tuple[str, Mapping[str, SdkType]]], with_inputs: frozenset[str]) -> str:
    """Return the text of sdk.json, a type a line; of the packages that are not ``with_inputs`` the types alone."""
    parts = []
    for package, (version, types) in sorted(sdks.items()):
        lines = [
            f"  {json.dumps(token)}: {json.dumps(_stored(type_, package in with_inputs), separators=(',', ':'))}"
            for token, type_ in sorted(types.items())
        ]
        parts.append(f'"{package}": {{"sdk": "{version}", "types": {{\n' + ",\n".join(lines) + "\n}}")
    return "{" + ",\n".join(parts) + "}\n"


def _stored(type_: SdkType, inputs: bool) -> list[Any]:
    told = [int(type_.component), type_.region, list(type_.aliases)]
    return [*told, _tree(type_.inputs)] if inputs else told


def _types(stored: Mapping[str, list[Any]]) -> Iterable[tuple[str, SdkType]]:
    for token, (component, region, aliases, *tree) in stored.items():
        inputs = dict(_paths(tree[0])) if tree else {}
        yield token, SdkType(token, bool(component), region, inputs, tuple(aliases))


def _tree(inputs: Mapping[str, str]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for path, held in inputs.items():
        *above, leaf = path.split(".")
        here = root
        for key in above:
            below = here.setdefault(key, {})
            if isinstance(below, str):
                below = here[key] = {ITSELF: below}
            here = below
        if isinstance(here.get(leaf), dict):
            here[leaf][ITSELF] = held
        else:
            here[leaf] = held
    return root


def _paths(tree: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, str]]:
    for key, told in tree.items():
        path = above if key == ITSELF else f"{above}.{key}" if above else key
        if isinstance(told, str):
            yield path, told
        else:
            yield from _paths(told, path)
