"""What an input does with the place that it names: its role says it, or else the words of its path.

Transfer rules of the law allow movements; a rule for one movement must not excuse another.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.resources.claim import Effect

BY_ROLE: Final[Mapping[str, Effect]] = {
    "region:destination": "copied",
    "region-keys:destination": "copied",
    "region:opens": "copied",
    "region:place": "kept",
    "region:link": "linked",
    "region:source": "asked",
    "region:metadata": "asked",
    "region:filter": "identity",
    "bucket:destination": "copied",
    "bucket:source": "asked",
}
COPYING: Final = re.compile(
    r"(?i).*(?:replica|destination|dest(?![a-z])|archiv|backup|export|output|deliver|sink|mirror|cop(?:y|ies)|snapshot"
    r"|upload|sync|dump|dead_?letter|(?<!cata)log(?!in|ic)|metric|trac(?:e|ing)|otlp|audit|telemetry|stream|firehose"
    r"|report|remote_?write|forward|bucket).*"
)
ASKING: Final = re.compile(r"(?i).*(?:source|import|origin|pull|fetch|restore|from).*")
NEAREST: Final = 2
"""Names at the end of a path that are read."""


@lru_cache(maxsize=1 << 14)
def effect(path: str, role: str | None = None) -> Effect:
    """Return what the input at a dotted path does with the place that it names."""
    if role is not None and role in BY_ROLE:
        return BY_ROLE[role]
    for name in reversed(path.split(".")[-NEAREST:]):
        if COPYING.fullmatch(name):
            return "copied"
        if ASKING.fullmatch(name):
            return "asked"
    return "linked"
