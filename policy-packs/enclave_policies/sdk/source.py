"""Read what an SDK offers (types and their inputs) from its sources, without importing it: 130 MB of it in seconds."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from enclave_policies.catalog.tables.sdk_type import SdkType, holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.catalog.tables.sdk_type import RegionInput

CLASS = re.compile(r"^class (\w+)(?:\(([\w.]*)[^)]*\))?:", re.MULTILINE)
TYPE = re.compile(r'^@pulumi\.type_token\("([^"]+)"\)\nclass (\w+)\(pulumi\.(Custom|Component)Resource\)', re.MULTILINE)
GETTER = re.compile(
    r'@pulumi\.getter(?:\(name="([^"]+)"\))?\n'
    r"(?:    @_utilities\.deprecated\((?:(?!\n    def ).|\n)*?\)\n)?"
    r"    def (\w+)\(self\) -> (.*):\n"
)
ALIAS = re.compile(r'pulumi\.Alias\(type_="([^"]+)"\)')
INPUT_CLASS = re.compile(r"'([\w.]+Args)'")
HANDWRITTEN_COMPONENT = re.compile(r'super\(\w+, \w+\).__init__\(\s*"(kubernetes:[^"]+:Chart)"')
REGION_DEPRECATED = 'pulumi.log.warn("""region is deprecated'
DESCRIBES_A_SCHEMA = "JSONSchemaProps"  # of a CustomResourceDefinition: recursive, and no value of it is a place

Key = tuple[str, str]  # scope (module, or module#file for the classes of one resource) and class name


@dataclass(slots=True)
class _Sources:
    classes: dict[Key, list[tuple[str, str]]] = field(default_factory=dict)
    types: list[tuple[str, bool, bool, Key, tuple[str, ...]]] = field(default_factory=list)
    handwritten: set[str] = field(default_factory=set)


def read_sdk(root: Path) -> dict[str, SdkType]:
    """Return token → type for the SDK whose package folder is ``root``; providers are left out.

    An input that repeats itself (a statement inside a statement) is told to the depth of one round.
    """
    sources = _Sources()
    for file in sorted(root.rglob("*.py")):
        if file.name != "outputs.py" and not file.name.startswith("get_"):
            _read(file, ".".join(file.relative_to(root).parts[:-1]), sources)
    found = {}
    for token, component, deprecated, key, aliases in sources.types:
        inputs = dict(_leaves(sources.classes, key, ()))
        told = any(path == "region" or path.startswith("region.") for path in inputs)
        region: RegionInput = "none" if not told else "deprecated" if deprecated else "override"
        found[token] = SdkType(token, component, region, inputs, aliases)
    handwritten = {token: SdkType(token, component=True, region="none", inputs={}) for token in sources.handwritten}
    return found | handwritten


def installed(module: str) -> Path:
    """Return the folder of an installed SDK. Raises ModuleNotFoundError."""
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{module} is not installed; install the requirements first")
    return Path(spec.submodule_search_locations[0])


def version(module: str) -> str:
    """Return the version of an installed SDK."""
    return importlib.metadata.version(module.replace("_", "-"))


def _read(file: Path, module: str, sources: _Sources) -> None:
    text = file.read_text(encoding="utf-8")
    sources.handwritten.update(HANDWRITTEN_COMPONENT.findall(text))
    types = TYPE.findall(text)
    shared = file.name == "_inputs.py"
    if not shared and not types:
        return
    scope = module if shared else f"{module}#{file.stem}"
    classes = list(CLASS.finditer(text))
    for index, found in enumerate(classes):
        name = found[1]
        if not name.endswith("Args") or name.startswith("_") or DESCRIBES_A_SCHEMA in name:
            continue
        end = classes[index + 1].start() if index + 1 < len(classes) else len(text)
        getters = GETTER.finditer(text, found.end(), end)
        sources.classes[scope, name] = [(getter[1] or getter[2], getter[3]) for getter in getters]
    for token, name, base in types:
        if token.startswith("pulumi:providers:"):
            continue
        key = (scope, f"{name}InitArgs")  # a nested type has taken the shorter name
        if key not in sources.classes:
            key = (scope, f"{name}Args")
        aliases = tuple(sorted(set(ALIAS.findall(text))))
        sources.types.append((token, base == "Component", REGION_DEPRECATED in text, key, aliases))


def _leaves(classes: dict[Key, list[tuple[str, str]]], key: Key, above: tuple[Key, ...]) -> Iterator[tuple[str, str]]:
    for name, type_ in classes.get(key, ()):
        nested = INPUT_CLASS.findall(type_)
        if not nested or "_builtins." in type_:
            yield name, holds(type_)
        for reference in nested:
            below = _resolve(reference, key)
            if below not in above and below != key:
                for path, leaf in _leaves(classes, below, (*above, key)):
                    yield f"{name}.{path}", leaf


def _resolve(reference: str, key: Key) -> Key:
    *package, name = reference.split(".")
    return (".".join(package).lstrip("_"), name) if package else (key[0].partition("#")[0], name)
