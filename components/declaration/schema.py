"""Writes the JSON Schema that lets an editor check a declaration while it is typed.

``python -m components.declaration.schema`` writes stacks/declaration.schema.json; a test fails when it is stale.
"""

from __future__ import annotations

import json
from pathlib import Path

from components.declaration.model import Declaration

target = Path(__file__).parents[2] / "stacks" / "declaration.schema.json"


def schema_text() -> str:
    """Return the JSON Schema of a declaration, as the text of the file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Declaration.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    target.write_text(schema_text(), encoding="utf-8")
