"""Declarations for tests: the shipped local stack, changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from components.declaration import load_declaration

if TYPE_CHECKING:
    from components.declaration import Declaration

stacks = Path(__file__).parents[2] / "stacks"


def changed(folder: Path, *changes: tuple[str, str], stack: str = "local") -> Path:
    """Write a shipped declaration with texts replaced; each text must be there."""
    text = (stacks / f"{stack}.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    file = folder / "changed.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def local(folder: Path, *changes: tuple[str, str]) -> Declaration:
    """Return the local declaration with texts replaced."""
    return load_declaration(changed(folder, *changes))
