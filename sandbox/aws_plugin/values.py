"""Conversions that follow the SDK's declared types: checking what a program wrote, reading what AWS answers."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from sandbox.aws_plugin import contract
from sandbox.aws_plugin.naming import aws_name
from sandbox.aws_plugin.wire import UNKNOWN


@dataclass(frozen=True)
class Failure:
    """One thing wrong with a program's inputs: where (`ingress[0].cidrBlock`) and why."""

    path: str
    reason: str


def checked(value: Any, notation: str, path: str, failures: list[Failure]) -> Any:
    """`value` in the declared type's form (`"80"` becomes 80 where a number is declared); appends what is wrong."""
    if value is None or value is UNKNOWN:
        return value
    if contract.is_list(notation):
        if not isinstance(value, list):
            failures.append(Failure(path, f"must be a list, not {_kind(value)}"))
            return value
        return [checked(v, contract.element(notation), f"{path}[{i}]", failures) for i, v in enumerate(value)]
    if contract.is_map(notation):
        if not isinstance(value, dict):
            failures.append(Failure(path, f"must be a map, not {_kind(value)}"))
            return value
        return {k: checked(v, contract.element(notation), f"{path}.{k}", failures) for k, v in value.items()}
    nested = contract.fields(notation)
    if nested is None:
        return _scalar(value, notation.removesuffix("!"), path, failures)
    if not isinstance(value, dict):
        failures.append(Failure(path, f"must be an object, not {_kind(value)}"))
        return value
    return checked_fields(value, nested, path, failures)


def checked_fields(
    given: Mapping[str, Any], declared: Mapping[str, str], path: str, failures: list[Failure]
) -> dict[str, Any]:
    """The fields of one object, checked against the declared ones: no unknown names, none missing."""
    prefix = f"{path}." if path else ""
    failures += [Failure(prefix + name, _undeclared(name, declared)) for name in sorted(set(given) - set(declared))]
    for name, notation in declared.items():
        if notation.endswith("!") and given.get(name) is None:
            failures.append(Failure(prefix + name, "is required, and missing"))
    return {
        name: checked(value, declared[name], prefix + name, failures)
        for name, value in given.items()
        if name in declared and value is not None
    }


def _undeclared(name: str, declared: Mapping[str, str]) -> str:
    near = get_close_matches(name, declared, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"is not a property that pulumi-aws {contract.contract().version} declares{hint}"


def _kind(value: Any) -> str:
    return {dict: "an object", list: "a list", str: "a text", bool: "true or false"}.get(type(value), "a number")


def _to_int(value: Any) -> int:
    if isinstance(value, bool) or float(value) != int(float(value)):
        raise ValueError
    return int(float(value))


def _to_bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}[value]


def _to_str(value: Any) -> str:
    if isinstance(value, dict | list):
        raise TypeError
    return str(value).lower() if isinstance(value, bool) else str(value)


def _to_document(value: Any) -> str:
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else _to_str(value)


_CONVERSIONS: Final[Mapping[str, tuple[Callable[[Any], Any], str]]] = {
    "int": (_to_int, "a whole number"),
    "float": (float, "a number"),
    "bool": (_to_bool, "true or false"),
    "str": (_to_str, "a text"),
    "json": (_to_document, "a JSON document"),
}


def _scalar(value: Any, notation: str, path: str, failures: list[Failure]) -> Any:
    convert, wanted = _CONVERSIONS[notation]
    try:
        return convert(value)
    except (TypeError, ValueError, KeyError):
        failures.append(Failure(path, f"must be {wanted}, not {_kind(value)}"))
        return value


def from_aws(value: Any, notation: str) -> Any:
    """An answer of AWS in the declared type: keys are renamed by rule, undeclared ones dropped, scalars converted."""
    if value is None:
        return None
    if contract.is_list(notation):
        return [from_aws(item, contract.element(notation)) for item in value]
    if contract.is_map(notation):
        return {key: from_aws(item, contract.element(notation)) for key, item in value.items()}
    nested = contract.fields(notation)
    if nested is None:
        return _CONVERSIONS[notation.removesuffix("!")][0](value)
    return dict(_fields_from_aws(value, nested))


def _fields_from_aws(value: Mapping[str, Any], nested: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for name, notation in nested.items():
        found = value.get(name, value.get(aws_name(name)))
        if found is not None:
            yield name, from_aws(found, notation)


def to_aws(value: Any) -> Any:
    """A block of properties as AWS wants it: keys renamed; empty texts and absent values dropped, at any depth."""
    if isinstance(value, dict):
        return {aws_name(key): to_aws(item) for key, item in value.items() if item is not None and item != ""}
    if isinstance(value, list):
        return [to_aws(item) for item in value]
    return value
