"""Policy documents (IAM and resource policies): who is let in, by which statements, under which conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; ``conditions`` maps a condition key in lower case to its operator and values."""

    allows: bool
    principals: tuple[tuple[str, Any], ...]
    everyone_but: bool
    actions: tuple[Any, ...]
    resources: tuple[Any, ...]
    conditions: Mapping[str, tuple[tuple[str, tuple[Any, ...]], ...]]


def statements(document: Any) -> Iterator[Statement]:
    """Return the statements of a policy document; ``Statement`` may be one object or a list.

    Keys are read in any capitalisation, as AWS reads them where it matters to be safe.
    """
    if not isinstance(document, Mapping):
        return
    for raw in _each(_get(document, "statement")):
        if isinstance(raw, Mapping):
            yield _statement(raw)


def _statement(raw: Mapping[Any, Any]) -> Statement:
    not_principal = _get(raw, "notprincipal")
    return Statement(
        allows=str(_get(raw, "effect")).lower() != "deny",
        principals=tuple(_principals(_get(raw, "principal"))),
        everyone_but=not_principal is not None,
        actions=tuple(_each(_get(raw, "action"))),
        resources=tuple(_each(_get(raw, "resource"))),
        conditions=_conditions(_get(raw, "condition")),
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


def _get(mapping: Mapping[Any, Any], name: str) -> Any:
    return next((value for key, value in mapping.items() if str(key).lower() == name), None)
