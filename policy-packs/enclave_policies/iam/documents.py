"""Policy documents (IAM and resource policies): who is let in, by which statements, under which conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from enclave_policies.resources.latest import of_the_latest


class Statement(NamedTuple):
    """One statement; ``conditions`` maps a condition key in lower case to its operator and values."""

    allows: bool
    principals: tuple[tuple[str, Any], ...]
    everyone_but: bool
    actions: tuple[Any, ...]
    resources: tuple[Any, ...]
    conditions: Mapping[str, tuple[tuple[str, tuple[Any, ...]], ...]]


@of_the_latest
def statements(document: Any) -> tuple[Statement, ...]:
    """Return the statements of a policy document; ``Statement`` may be one object or a list.

    Keys are read in any capitalisation, as AWS reads them where it matters to be safe.
    """
    if not isinstance(document, Mapping):
        return ()
    return tuple(
        _statement(raw) for raw in _each(_in_lower_case(document).get("statement")) if isinstance(raw, Mapping)
    )


def _statement(raw: Mapping[Any, Any]) -> Statement:
    told = _in_lower_case(raw)
    return Statement(
        allows=str(told.get("effect")).lower() != "deny",
        principals=tuple(_principals(told.get("principal"))),
        everyone_but=told.get("notprincipal") is not None,
        actions=tuple(_each(told.get("action"))),
        resources=tuple(_each(told.get("resource"))),
        conditions=_conditions(told.get("condition")),
    )


def _principals(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield (kind, principal); a bare principal counts as AWS."""
    if isinstance(value, Mapping):
        for kind, members in value.items():
            for member in _each(members):
                yield str(kind).lower(), member
    else:
        for member in _each(value):
            yield "aws", member


def _conditions(value: Any) -> Mapping[str, tuple[tuple[str, tuple[Any, ...]], ...]]:
    found: dict[str, tuple[tuple[str, tuple[Any, ...]], ...]] = {}
    if isinstance(value, Mapping):
        for operator, keys in value.items():
            if isinstance(keys, Mapping):
                for key, values in keys.items():
                    name = str(key).lower()
                    found[name] = (*found.get(name, ()), (str(operator).lower(), tuple(_each(values))))
    return found


def _each(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _in_lower_case(mapping: Mapping[Any, Any]) -> Mapping[str, Any]:
    """Return a mapping by its keys in lower case; of those that are one, the first."""
    found: dict[str, Any] = {}
    for key, value in mapping.items():
        found.setdefault(str(key).lower(), value)
    return found
