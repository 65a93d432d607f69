"""The shipped stack `local` as text, with Hamar in use: a demonstration shows what user data does there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).resolve().parents[1] / "stacks" / "local.yaml"


def with_hamar_live() -> str:
    """Return the declaration."""
    return re.sub(r"(  hamar:\n(?:    .*\n)*?    lifecycle: )testing", r"\1live", FILE.read_text(encoding="utf-8"))
