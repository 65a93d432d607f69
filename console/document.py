"""The head of every JSON document that `enclave` prints; docs/output.schema.json describes them all."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA_VERSION: Final = 3
"""Of all documents: it grows where a field goes away or changes its meaning, not where one is added."""


def _tool() -> str:
    try:
        return f"enclave {version('enclave')}"
    except PackageNotFoundError:  # run from its folder, installed nowhere
        return "enclave"


TOOL: Final = _tool()


def document(command: str, fields: Mapping[str, Any]) -> str:
    """Return the document of a command's result."""
    return _text({"schema_version": SCHEMA_VERSION, "tool": TOOL, "command": command, **fields})


def problems_document(command: str, problems: Sequence[str]) -> str:
    """Return the document of a command that broke off: it has no result, and says why."""
    return document(command, {"verdict": "undetermined", "problems": list(problems)})


def _text(fields: Mapping[str, Any]) -> str:
    # ASCII: names come from files, and may hold what no terminal or encoding takes
    return json.dumps(fields, ensure_ascii=True, indent=1)
