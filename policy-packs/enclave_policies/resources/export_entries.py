"""The entries of an exported state: each field in the spelling and of the type that the engine demands.

Source: engine 3.259, DeserializeResource (resource/stack/deployment.go) and ResourceV3 (sdk/go/common/apitype/core.go).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NoReturn

from located_yaml.kinds import KINDS, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIELDS: Final = {
    "urn": str,
    "type": str,
    "id": str,
    "custom": bool,
    "delete": bool,
    "external": bool,
    "inputs": dict,
    "outputs": dict,
    "parent": str,
    "provider": str,
    "dependencies": list,
    "propertyDependencies": dict,
    "deletedWith": str,
    "replaceWith": list,
}
"""What is read of a resource, and the JSON type that the engine demands of it (null counts as absent)."""

_NAMES: Final = tuple(FIELDS)
USUAL: Final = frozenset(FIELDS) | {"created", "modified", "sourcePosition", "protect"}
"""Names whose spelling needs no second look."""

AGAIN: Final = "export the state again with `pulumi stack export`"


class NotAnExportError(Exception):
    """Not an export: why, each with a text that stands near the reason."""

    def __init__(self, message: str, where: str | None = None, more: Iterable[tuple[str, str | None]] = ()) -> None:
        self.problems = ((message, where), *more)


def entry_of(given: Any, called: str) -> dict[str, Any]:
    """Return an entry with its fields in the spelling that is read here; ``called`` is what messages call it.

    Raises NotAnExportError where the engine would refuse it.
    """
    if not isinstance(given, dict):
        raise NotAnExportError(f"has a resource ({called}) that is {kind_of(given)} and no table; {AGAIN}")
    fields = spelled(given, _NAMES)
    urn = fields["urn"] if isinstance(fields.get("urn"), str) and fields["urn"] else called
    for name, type_ in FIELDS.items():
        value = fields.get(name)
        if value is not None and type(value) is not type_:
            _refuse(urn, f"whose '{name}' is {kind_of(value)} instead of {KINDS[type_]}")
    for name in ("urn", "type"):
        if not fields.get(name):
            _refuse(urn, f"without '{name}'")
    if not urn.startswith("urn:pulumi:") or urn.count("::") < 3:  # noqa: PLR2004 (stack::project::type::name)
        _refuse(urn, "whose URN is none")
    if urn.split("::", 3)[2].rsplit("$", 1)[-1] != fields["type"]:
        _refuse(urn, f"whose type ({fields['type']}) is not the one in its URN")
    if fields.get("id") and not fields.get("custom"):
        _refuse(urn, "with an id, which only a custom resource has")
    _check_lists(urn, fields)
    return fields


def _check_lists(urn: str, fields: Mapping[str, Any]) -> None:
    named = {name: fields.get(name) for name in ("dependencies", "replaceWith")}
    for name, urns in {**named, **(fields.get("propertyDependencies") or {})}.items():
        if urns is not None and not (isinstance(urns, list) and all(isinstance(each, str) for each in urns)):
            _refuse(urn, f"whose dependencies ({name}) are no list of URNs")


def _refuse(urn: Any, problem: str) -> NoReturn:
    raise NotAnExportError(f"has a resource ({urn}) {problem}; {AGAIN}", str(urn))


def spelled(given: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return a record with its fields in the spelling that is read here; the engine takes any case of letters."""
    if USUAL.issuperset(given):
        return given
    spelling = _spelling(names)
    others = [key for key in given if key not in names and key.casefold() in spelling]
    if not others:
        return given
    folded = {spelling[key.casefold()]: key for key in others}
    clash = sorted(name for name in folded if name in given)
    if clash or len(folded) < len(others):
        raise NotAnExportError(f"holds one field in two spellings ({', '.join(clash) or 'letter case'}); {AGAIN}")
    return given | {name: given[key] for name, key in folded.items()}


@cache
def _spelling(names: tuple[str, ...]) -> Mapping[str, str]:
    return {name.casefold(): name for name in names}


def told(properties: dict[str, Any] | None) -> dict[str, Any]:
    """Return what a pack is told of a resource's properties: not the engine's own, whose names begin with ``__``."""
    if not properties:
        return {}
    for key in properties:
        if key.startswith("__"):
            return {key: value for key, value in properties.items() if not key.startswith("__")}
    return properties


def recorded(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs with the id, which the official plugin of AWS repeats among them and others do not."""
    outputs = told(entry.get("outputs"))
    repeated = outputs and entry.get("id") and entry["type"].startswith("aws:")
    return {"id": entry["id"], **outputs} if repeated else outputs


def depends(entry: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return which resources each input's value comes from."""
    given: Mapping[str, list[str] | None] = entry.get("propertyDependencies") or {}
    return {name: tuple(urns) for name, urns in given.items() if urns}
