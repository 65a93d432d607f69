"""Configuration in tags, as Fluentd writes it: ``<match **> @type s3 … </match>`` becomes {match: {@type: s3, …}}."""

from __future__ import annotations

import re
from typing import Any, Final

from enclave_policies.texts.trees import put

OPEN: Final = re.compile(r"[ \t]*<([a-z_]+)(?:[ \t]+[^<>\n]*)?>[ \t]*(?:#.*)?")
CLOSE: Final = re.compile(r"[ \t]*</([a-z_]+)>[ \t]*(?:#.*)?")
SETTING: Final = re.compile(r"[ \t]*(@?[\w.$-]+)(?:[ \t]+(.*?))?[ \t]*")
NO_DATA: Final = re.compile(r"[ \t]*(?:#.*|@include\b.*)?")


def tagged(text: str) -> dict[str, Any] | None:
    """Return the sections of a text, None for one of another form."""
    if "</" not in text:
        return None
    root: dict[str, Any] = {}
    stack = [("", root)]
    for line in text.splitlines():
        if NO_DATA.fullmatch(line):
            continue
        opened, closed, setting = OPEN.fullmatch(line), CLOSE.fullmatch(line), SETTING.fullmatch(line)
        if opened:
            made: dict[str, Any] = {}
            put(stack[-1][1], opened[1], made)
            stack.append((opened[1], made))
        elif closed:
            if closed[1] != stack[-1][0]:
                return None
            stack.pop()
        elif setting and len(stack) > 1:
            put(stack[-1][1], setting[1], (setting[2] or "").strip("\"'"))
        else:
            return None
    return root if len(stack) == 1 and root else None
