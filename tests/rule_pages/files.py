"""Which files are made of the rules, and which of them are stale."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enclave_policies.judging.packs import PACKS
from enclave_policies.law.folder.manifest import FILE

from tests.rule_pages.examples import examples
from tests.rule_pages.page import file_name, listed, page, table

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "docs" / "rules"


@cache
def made() -> Mapping[Path, str]:
    """Return every file's content."""
    rules = [(name, rule) for name, pack in PACKS.items() for rule in pack.rules]
    pages = {FOLDER / file_name(rule): page(rule, pack, examples(rule)) for pack, rule in rules}
    lists = {ROOT / "policy-packs" / name / FILE: listed(pack.rules) for name, pack in PACKS.items()}
    return {FOLDER / "README.md": table(rules), **pages, **lists}


def stale() -> list[str]:
    """Return the files that differ from what would be made now, and pages of rules that are gone."""
    wanted = made()
    differing = [
        path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    gone = [path for path in FOLDER.glob("*.md") if path not in wanted]
    return sorted(str(path.relative_to(ROOT)) for path in (*differing, *gone))


def write() -> None:
    """Write every file, and remove pages of rules that are gone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*.md"):
        if path not in made():
            path.unlink()
    for path, text in made().items():
        path.write_text(text, encoding="utf-8")
