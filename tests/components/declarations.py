"""Declarations for tests: the shipped local stack, changed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from components.declaration import load_declaration
from located_yaml import ProblemsError

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


def refused_at_its_place(file: Path, message: str) -> None:
    """Assert that a declaration is refused by a message that begins with the place of what is wrong."""
    with pytest.raises(ProblemsError) as refused:
        load_declaration(file)
    found = [line for line in str(refused.value).splitlines() if message in line]
    assert found, str(refused.value)
    assert re.match(rf"{re.escape(str(file))}:\d+:\d+: ", found[0])
