"""Variables that a pod takes from ConfigMaps and Secrets, put where the pod would have written them itself.

A variable of ``env`` beats one of ``envFrom``, a later source an earlier one; a key follows its source's ``prefix``.
Source: kubernetes.io/docs, EnvFromSource, EnvVarSource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from enclave_policies.kubernetes.contents import decoded
from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.programs.variables import ENV_FROM, FROM_ALL, FROM_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.kubernetes.survey import Survey

FROM: Final = len("From")


class Kept(NamedTuple):
    """What one ConfigMap or Secret keeps; ``values``: key → text, UNKNOWN for one that is sealed or not known yet."""

    source: str
    values: Mapping[str, Any]


class Keeping(Protocol):
    """Answers which objects a reference may mean."""

    def __call__(self, kind: str, name: Any, key: str | None) -> Iterable[Kept]:
        """Return what those keep; ``name`` is UNKNOWN for one not known yet, ``key`` None where all keys are taken."""


def values_of(found: KubernetesObject) -> dict[str, Any]:
    """Return the values of a ConfigMap or Secret that can be variables; what ``stringData`` says holds."""
    told: dict[str, Any] = {}
    for name in ("data", "stringData") if found.kind == "Secret" else ("data",):
        given = mapping(found.body.get(name))
        for key, value in given.items() if given is not UNKNOWN else ():
            is_written = value is not UNKNOWN and (found.kind, name) == ("Secret", "data")
            text = decoded(value) if is_written else value
            if text is UNKNOWN or isinstance(text, str):
                told[str(key)] = text
    return told


def with_taken(found: KubernetesObject, survey: Survey, keeping: Keeping) -> Mapping[str, Any]:
    """Return the body of an object with the variables written out that other objects keep."""
    body = found.body
    for path in survey.taking:
        body = {**body, **_changed(body, path, keeping)}
    return body


def _changed(value: Any, path: tuple[str, ...], keeping: Keeping) -> Any:
    """Return a copy of a tree in which one list of variables is written out; all else is the tree's own."""
    first, *rest = path
    if not rest:
        return _written(value, first, keeping)
    if isinstance(value, list):
        index = int(first)
        return [*value[:index], _changed(value[index], tuple(rest), keeping), *value[index + 1 :]]
    return {**value, first: _changed(value[first], tuple(rest), keeping)}


def _written(holder: Mapping[str, Any], name: str, keeping: Keeping) -> Mapping[str, Any]:
    if not name.lower().endswith(ENV_FROM):
        return {**holder, name: [one for item in holder[name] for one in _one(item, keeping)]}
    beside = name[:-FROM]
    own = holder.get(beside)
    taken = _all(holder[name], keeping)
    if isinstance(own, dict):
        return {**holder, beside: {**{each["name"]: each["value"] for each in taken}, **own}}
    said = {item.get("name") for item in entries(own) if isinstance(item, dict)}
    return {**holder, beside: [*(each for each in taken if each["name"] not in said), *entries(own)]}


def _one(item: Any, keeping: Keeping) -> Iterator[Any]:
    """Yield a variable as it stands, or with each value that it may take from an object of the stack."""
    source = item.get("valueFrom") if isinstance(item, dict) else None
    given = source if isinstance(source, dict) else {}
    found = []
    for way, kind in FROM_KEYS.items():
        asked = mapping(given.get(way))
        if way in given and asked is not UNKNOWN:
            key = str(asked.get("key"))
            found += [kept.values[key] for kept in keeping(kind, asked.get("name"), key) if key in kept.values]
    yield from [{"name": item["name"], "value": value} for value in found] if found and "name" in item else [item]


def _all(items: list[Any], keeping: Keeping) -> list[dict[str, Any]]:
    """Return the variables that a list of sources gives."""
    taken: dict[str, list[Any]] = {}
    for item in items:
        given = item if isinstance(item, dict) else {}
        prefix = given.get("prefix")
        before = prefix if isinstance(prefix, str) else ""
        for way, kind in FROM_ALL.items():
            asked = mapping(given.get(way))
            if way not in given or asked is UNKNOWN:
                continue
            several: dict[str, list[Any]] = {}
            for kept in keeping(kind, asked.get("name"), None):
                for key, value in kept.values.items():
                    several.setdefault(f"{before}{key}", []).append(value)
            taken.update(several)
    return [{"name": name, "value": value} for name, values in taken.items() for value in values]
