"""Stores that rclone is told of in one word: ``:s3,provider=Minio,endpoint="https://store.example.com":bucket/path``.

Source: rclone.org/docs (connection strings).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

REMOTE: Final = re.compile(
    r"""(?<![\w:/.\]-]) : ([a-z][a-z0-9]+) ((?: , [a-z0-9_]+ (?: = (?: "[^"]*" | '[^']*' | [^:,\s"']* ) )? )*)
        : (?![:/]/?\d|:) ([^\s"']*)""",
    re.VERBOSE,
)
OPTION: Final = re.compile(r""",([a-z0-9_]+)(?:=("[^"]*"|'[^']*'|[^:,\s"']*))?""")


class Remote(NamedTuple):
    """A store: its kind, its options (one without a value is ``true``), and the bucket where it has some."""

    kind: str
    options: tuple[tuple[str, str], ...]
    bucket: str


def remotes_in(text: str) -> list[Remote]:
    """Return the stores that a text names so."""
    return [
        Remote(
            kind,
            tuple((name, value.strip("\"'") or "true") for name, value in OPTION.findall(options)),
            path.partition("/")[0],
        )
        for kind, options, path in REMOTE.findall(text)
    ]
