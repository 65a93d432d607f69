"""The entries of an incident as CSV: every field that an entry has, and nothing that it does not say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from evidence.renderers.csv_text import csv_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evidence.incident.entries import Line

FIELDS: Final = (
    "at",
    "kind",
    "result",
    "reason",
    "withdrawn",
    "person",
    "employer",
    "location",
    "class",
    "purpose",
    "gateway",
    "site",
    "route",
    "path_sha256",
    "request",
    "device",
    "rows",
    "said.identity",
    "said.device",
    "said.network",
    "grant.id",
    "grant.wrong",
    "grant.requester",
    "grant.approvers",
    "grant.ticket",
    "grant.ends",
    "grant.break_glass",
)
HEAD: Final = ("line", "signed", *FIELDS, "more")
"""``more`` is whatever else an entry says, as JSON, so that nothing vanishes."""


def table(lines: Iterable[Line]) -> bytes:
    """Return the lines as CSV."""
    return csv_text([HEAD, *(_cells(one) for one in lines)])


def _cells(one: Line) -> tuple[object, ...]:
    left = _flat(one.said)
    told = {**left, "withdrawn": "yes" if one.withdrawn else ""}
    cells = tuple(_told(told.get(name)) for name in FIELDS)
    more = {name: value for name, value in left.items() if name not in FIELDS}
    rest = json.dumps(more, ensure_ascii=False, sort_keys=True) if more else ""
    return (one.number + 1, "yes" if one.signed else "no", *cells, rest)


def _flat(said: Any) -> dict[str, Any]:
    """Return an entry's fields, those of ``said`` and ``grant`` with their names in front."""
    flat: dict[str, Any] = {}
    for name, value in said.items():
        if name in ("said", "grant") and isinstance(value, dict):
            flat |= {f"{name}.{inner}": each for inner, each in value.items()}
        elif value is not None:
            flat[name] = value
    return flat


def _told(value: Any) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(map(str, value)) if isinstance(value, list) else value
