"""Writes the JSON Schemas that let an editor check a declaration while it is typed.

``python -m components.declaration.schema`` writes them into stacks/; a test fails when one is stale.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from components.declaration.model import Declaration
from components.declaration.watching import OWN, WatchDeclaration

folder = Path(__file__).parents[2] / "stacks"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[Path, str]:
    """Return the JSON Schema of each kind of declaration, as the text of its file."""
    watching = WatchDeclaration.model_json_schema()
    watching["properties"] = {name: watching["properties"][name] for name in OWN}
    watching["$defs"] = {name: watching["$defs"][name] for name in _needed(watching["properties"], watching["$defs"])}
    return {
        folder / "declaration.schema.json": _text(Declaration.model_json_schema()),
        folder / "watching.schema.json": _text(watching),
    }


def _needed(node: Any, definitions: dict[str, Any]) -> list[str]:
    """Return the names of the definitions that a schema refers to, and those that these refer to."""
    pending, found = [node], set[str]()
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            name = str(item.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                pending.append(definitions[name])
            pending += item.values()
        elif isinstance(item, list):
            pending += item
    return sorted(found)


def _text(schema: dict[str, Any]) -> str:
    return json.dumps({"$schema": DIALECT, **schema}, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for target, text in schemas().items():
        target.write_text(text, encoding="utf-8")
