"""The stack `local` with a failover from Dublin to Hamar, and one for what Hamar gets while Dublin is away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.local_stack import with_hamar_live

if TYPE_CHECKING:
    from collections.abc import Sequence


def declared(buckets: Sequence[tuple[str, str]], *, lag_minutes: int = 60) -> str:
    """Return the declaration; ``buckets`` are pairs of Dublin's and Hamar's."""
    rows = {
        "people": _replica("dublin-1", "hamar", dict(buckets), lag_minutes),
        "people-back": _replica("hamar", "dublin-1", {there: here for here, there in buckets}, lag_minutes),
    }
    lines = "".join(f"    {name}: {json.dumps(row)}\n" for name, row in rows.items())
    head = "failover:\n  order: [dublin-1, hamar]\n  classes: [restricted]\n  replicas:\n"
    return f"{with_hamar_live()}{head}{lines}"


def _replica(source: str, target: str, buckets: dict[str, str], lag_minutes: int) -> dict[str, Any]:
    return {
        "from": source,
        "to": target,
        "classes": ["restricted"],
        "buckets": buckets,
        "every_minutes": min(15, lag_minutes),
        "lag_minutes": lag_minutes,
    }
