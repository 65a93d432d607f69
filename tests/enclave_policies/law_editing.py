"""Copies of the shipped law, edited: for tests of what a law says and how a bad one is refused."""

from __future__ import annotations

import json
import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.law.folder import SHIPPED, load_law

import located_yaml
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from enclave_policies.law import Law

TODAY = date(2026, 11, 30)


def copy_of_the_law(folder: Path) -> Path:
    """Return a pack folder with the shipped law, to be edited."""
    shutil.copytree(SHIPPED / "law", folder / "pack" / "law")
    return folder / "pack"


def change(file: str, old: str, new: str) -> Callable[[Path], None]:
    """Return an edit of one file of a pack: the first ``old``, which must be there, becomes ``new``."""

    def apply(pack: Path) -> None:
        path = pack / "law" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return apply


def extend(pack: Path, file: str, **content: Any) -> None:
    """Replace keys of one law file (written as JSON, which is YAML); a new file is begun."""
    path = pack / "law" / file
    data = located_yaml.load(path).data if path.exists() else {}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({**data, **content}, indent=1), encoding="utf-8")


def law_of(pack: Path, day: date = TODAY) -> Law:
    """Return a pack's law as it stands on ``day``."""
    return load_law(pack, as_of=day)


def refusal(pack: Path, overlay: Path | None = None, day: date = TODAY) -> str:
    """Return what is wrong with a pack's law: one problem a line."""
    with pytest.raises(ProblemsError) as error:
        load_law(pack, overlay, as_of=day)
    return str(error.value)
