"""A record whose every text wants to be more than text."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from evidence.record.files import read
from tests.evidence.bundles import SMALL

if TYPE_CHECKING:
    from evidence.record.model import Record

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<!--<script>",
    "\"'><img src=x onerror=alert(3)>",
    "{{ 7 * 7 }}{% for %}",
    "&lt;b&gt;&amp;",
    "\u202egpj.exe \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\x00\x1b[31m\u2028\ufffe",
    "javascript:alert(4)",
    "`<b>` and `<script>alert(5)</script>` and one ` more",
    "long-" * 2_000,
)
FIXED = frozenset(
    {"command", "phase", "outcome", "verdict", "kind", "severity", "step", "role", "lifecycle", "fingerprint"}
    | {
        "sha256",
        "bundle",
        "as_of",
        "moment",
        "expires",
        "granted",
        "day",
        "last_day",
        "exit_by",
        "enforcement",
        "energy",
    }
)
"""Fields that take a few words alone, or of which a form is asked."""


@cache
def hostile() -> Record:
    """Return the small record with a hostile text at the end of each text of it, each in turn.

    What is named in two places has one name still.
    """
    return read(json.dumps(_with(json.loads(SMALL), {})).encode(), "the hostile record")


def _with(value: Any, numbers: dict[str, int], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _with(each, numbers, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_with(each, numbers, name) for each in value]
    if isinstance(value, str) and name not in FIXED:
        return f"{value}{HOSTILE[numbers.setdefault(value, len(numbers)) % len(HOSTILE)]}"
    return value
