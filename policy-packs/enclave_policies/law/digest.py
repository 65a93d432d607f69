"""What tells one effective law from another."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NO_LAW: Final = ("day", "stale", "newest", "encryption", "stand_in_inspectors", "approvals", "let_in", "sources")
"""Parts of the record that are no law: the day judged for, and what nobody has checked for too long.

How types are encrypted belongs to the law of key custody, which has it; a sandbox's inspectors to the law of access.
"""


def digest_of(law: DataclassInstance) -> str:
    """Return the SHA-256 (hex) over the whole effective law, the overlay included."""
    plain = _fields(law)
    for part in NO_LAW:
        del plain[part]
    for part in ("custody", "access"):
        if plain[part] is None:
            del plain[part]  # the pack that asks for it adds it
    for table, where in (("exceptions", "position"), ("placement", "line")):
        plain[table] = [_fields(each) for each in plain[table]]
        for row in plain[table]:
            del row[where]  # where it is written is no law
    transitions = plain["transitions"]
    plain["transitions"] = {"warn": transitions.warn_days, "rows": [each.row for each in transitions.rows]}
    text = json.dumps(plain, sort_keys=True, default=_plain, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _fields(record: DataclassInstance) -> dict[str, Any]:
    """Return a record's fields, as they are: the whole law is not copied to be written once."""
    return {each.name: getattr(record, each.name) for each in fields(record)}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    return sorted(value) if isinstance(value, frozenset) else str(value)
