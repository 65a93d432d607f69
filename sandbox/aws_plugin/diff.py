"""Diff: what has to change, property by property, and whether that needs a new resource. Never calls AWS."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from sandbox.aws_plugin.contract import contract, element, fields, is_list, is_map
from sandbox.aws_plugin.equivalence import equivalent, is_empty
from sandbox.aws_plugin.inputs import PLAIN, REPLACE, Input
from sandbox.aws_plugin.resource_type import ResourceType
from sandbox.aws_plugin.wire import UNKNOWN

# In a map with free keys every key counts; `equivalent` alone would take it for an object.
_TAGS: Final = Input(canonical=lambda tags: sorted(tags.items()))


class Kind(Enum):
    """What happens to one property path."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True)
class Change:
    """One changed place, such as `ingress[0].cidrBlock`, of the input `key`."""

    key: str
    path: str
    kind: Kind
    replace: bool


def spec_of(resource: ResourceType, key: str) -> Input:
    """How the plugin treats an input; `region` and the tags, which many types have, are the same for all."""
    if key == "region":
        return REPLACE
    return _TAGS if resource.tagging and key in ("tags", "tagsAll") else resource.inputs.get(key, PLAIN)


def input_keys(resource: ResourceType) -> list[str]:
    """Every input that the plugin knows for a type, `region` and the tags among them."""
    declared = contract().inputs(resource.token)
    return [
        *resource.inputs,
        *(["region"] if "region" in declared else []),
        *(["tags", "tagsAll"] if resource.tagging else []),
    ]


def diff(
    resource: ResourceType, state: Mapping[str, Any], before: Mapping[str, Any], wanted: Mapping[str, Any]
) -> list[Change]:
    """The changes that bring `state` to the `wanted` inputs; `before` are the inputs of the last run."""
    declared = {**contract().outputs(resource.token), **contract().inputs(resource.token)}
    changes: list[Change] = []
    for key in input_keys(resource):
        spec, new, old = spec_of(resource, key), wanted.get(key), state.get(key)
        if new is None and (spec.computed or is_empty(old)):
            continue
        if equivalent(new, old, spec) and not _field_removed(before.get(key), new, old):
            continue
        for path, kind in _places(key, old, new, declared.get(key, "str"), spec):
            changes.append(Change(key, path, kind, spec.replace))
    return changes


def _field_removed(before: Any, new: Any, old: Any) -> bool:
    """Whether the program had a field before, has it no more, and AWS still has it."""
    if isinstance(before, Mapping) and isinstance(new, Mapping) and isinstance(old, Mapping):
        return any(
            (key not in new and not is_empty(value) and not is_empty(old.get(key)))
            or _field_removed(value, new.get(key), old.get(key))
            for key, value in before.items()
        )
    if isinstance(before, list) and isinstance(new, list) and isinstance(old, list):
        return any(map(_field_removed, before, new, old))
    return False


def _places(path: str, old: Any, new: Any, notation: str, spec: Input) -> Iterator[tuple[str, Kind]]:
    """The deepest places that differ; a place without a smaller cause is the path itself."""
    inner = list(_inner_places(path, old, new, notation, spec))
    if inner:
        yield from inner
    elif old is None or (old in ("", [], {}) and new is not UNKNOWN):
        yield path, Kind.ADD
    else:
        yield path, Kind.DELETE if new is None else Kind.UPDATE


def _inner_places(path: str, old: Any, new: Any, notation: str, spec: Input) -> Iterator[tuple[str, Kind]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        nested = fields(notation)
        names = sorted(new if nested else {*old, *new})
        for name in names:
            if not equivalent(new.get(name), old.get(name)):
                kind = element(notation) if is_map(notation) else (nested or {}).get(name, "str")
                yield from _places(f"{path}{_member(name)}", old.get(name), new.get(name), kind, PLAIN)
    elif isinstance(old, list) and isinstance(new, list) and is_list(notation):
        for i, before, after in _unmatched(old, new, spec):
            yield from _places(f"{path}[{i}]", before, after, element(notation), PLAIN)


def _unmatched(old: list[Any], new: list[Any], spec: Input) -> Iterator[tuple[int, Any, Any]]:
    """Positions with what was and what will be there, for all elements without an equal one on the other side."""
    if spec.unordered:
        old, new = (
            [None if any(_same_item(a, b, spec) for b in new) else a for a in old],
            [None if any(_same_item(a, b, spec) for a in old) else b for b in new],
        )
    for i in range(max(len(old), len(new))):
        before, after = (old[i : i + 1] or [None])[0], (new[i : i + 1] or [None])[0]
        if not _same_item(before, after, spec):
            yield i, before, after


def _same_item(before: Any, after: Any, spec: Input) -> bool:
    if before is None or after is None:
        return before is after
    return equivalent([after], [before], spec)


def _member(name: str) -> str:
    return f".{name}" if name.replace("_", "").isalnum() else f'["{name}"]'
