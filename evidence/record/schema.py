"""Write the record's JSON Schema; run `python -m evidence.record.schema` after changing the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from evidence.record.model import Record

FILE: Final = Path(__file__).with_name("record.schema.json")


def text() -> str:
    """Return the schema as the file holds it."""
    return json.dumps(Record.model_json_schema(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
