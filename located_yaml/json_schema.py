"""The JSON Schema of a record, by which an editor checks a file while it is typed.

It says what ``records`` says of each value by itself, and never more: a file that the reader takes passes it. The
reader also sees what no schema can tell: what contradicts something else, and what has run out.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from located_yaml.records import DAY, AtLeast, Matching

PLAIN: Final[Mapping[type, dict[str, Any]]] = {
    str: {"type": "string", "pattern": r"\S"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    date: {"type": "string", "pattern": f"^{DAY.pattern}$"},
}


def schema_of(model: type) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a file that is read as ``model``, a dataclass of ``records``."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_of(model)}


def _of(hint: Any) -> dict[str, Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _constrained(*arguments)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_of(each) for each in arguments if each is not type(None)] + [{"type": "null"}]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _of(arguments[0])}
    if origin in (dict, Mapping):
        return {"type": "object", "propertyNames": _of(arguments[0]), "additionalProperties": _of(arguments[1])}
    return _of_record(hint) if is_dataclass(hint) else PLAIN[hint]


def _constrained(hint: Any, constraint: Matching | AtLeast) -> dict[str, Any]:
    inner = _of(hint)
    if isinstance(constraint, Matching):
        # Spaces around a text do not count for the reader.
        return {**inner, "pattern": rf"^\s*({constraint.pattern})\s*$", "description": constraint.meaning}
    match inner["type"]:
        case "integer":
            most = {} if constraint.most is None else {"maximum": constraint.most}
            return {**inner, "minimum": constraint.limit, **most}
        case "array":
            return {**inner, "minItems": constraint.limit}
        case _:
            return {**inner, "minProperties": constraint.limit}


def _of_record(model: Any) -> dict[str, Any]:
    hints = get_type_hints(model, include_extras=True)
    by_key = {slot.metadata.get("key", slot.name): slot for slot in fields(model)}
    required = [name for name, slot in by_key.items() if slot.default is MISSING and slot.default_factory is MISSING]
    return {
        "type": "object",
        "description": (model.__doc__ or "").strip().replace("``", "`"),
        "properties": {name: _of(hints[slot.name]) for name, slot in by_key.items()},
        "required": required,
        "additionalProperties": False,
    }
