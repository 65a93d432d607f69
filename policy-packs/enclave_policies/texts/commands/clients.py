"""Commands that name an object store's server themselves: what stands beside it in the same command is of that one.

Source: docs.aws.amazon.com/cli (``--endpoint-url``); s3cmd(1) (``--host``); rclone.org/s3 (``--s3-endpoint``); Hadoop
(``-Dfs.s3a.endpoint``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

ENDPOINT: Final = re.compile(r"(?i)(?:[\w.-]*[._-])?endpoint(?:[_-]?ur[li])?")
OWN_OPTIONS: Final = {"s3cmd": "host"}
"""What tools call it that have a word of their own."""


def endpoint_of(words: Sequence[str]) -> str | None:
    """Return the server that a command names by an option, None where it names none."""
    own = next((OWN_OPTIONS[name] for word in words if (name := word.rpartition("/")[2]) in OWN_OPTIONS), None)
    for place, word in enumerate(words):
        name, equals, value = word.lstrip("-").removeprefix("D" if word.startswith("-D") else "").partition("=")
        if (word.startswith("-") or equals) and (ENDPOINT.fullmatch(name) or name == own):
            told = value if equals else "".join(words[place + 1 : place + 2])
            if "." in told:
                return told
    return None
