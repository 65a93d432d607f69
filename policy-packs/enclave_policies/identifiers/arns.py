"""Amazon Resource Names: partition, service, region and account."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

PARTS = re.compile(
    r"(?i)arn:([^:\s]*):([^:\s]*):([^:\s]*):([^:\s/]*)"
)  # an integration's ARN carries a second one inside


class Arn(NamedTuple):
    """The parts of an ARN that tell a place; region and account are empty where the service has none."""

    partition: str
    service: str
    region: str
    account: str


@lru_cache(maxsize=1 << 16)
def arns_in(text: Any) -> tuple[Arn, ...]:
    """Return every ARN in a text, nested ones too, in lower case but for the account; none for what is no text."""
    if not isinstance(text, str):
        return ()
    return tuple(Arn(p.lower(), s.lower(), r.lower(), account) for p, s, r, account in PARTS.findall(text))
