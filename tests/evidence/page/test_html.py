"""html-validate (npm) finds no error in the page, whatever the record says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Final

import pytest

from evidence.renderers.page import render
from tests import npm
from tests.evidence.bundles import small
from tests.evidence.page.pages import PAGES

CONFIGURATION: Final = {"root": True, "extends": ["html-validate:standard", "html-validate:a11y"]}


def errors(page: bytes, folder: Path) -> list[str]:
    """Return what the validator calls an error."""
    home = npm.installed("page-judges", Path(__file__).parent / "judges")
    (folder / "report.html").write_bytes(page)
    (folder / ".htmlvalidate.json").write_text(json.dumps(CONFIGURATION), encoding="utf-8")
    program = home / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    with (folder / "found.json").open("wb") as out:  # it ends before a pipe has taken all
        subprocess.run(
            [npm.node(), program, "-f", "json", "report.html"], cwd=folder, stdout=out, timeout=120, check=False
        )
    found = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    return [f"{one['line']}: {one['ruleId']} {one['message']}" for file in found for one in file["messages"]]


@pytest.mark.parametrize("name", PAGES)
def test_the_validator_finds_no_error(name: str, tmp_path: Path) -> None:
    assert errors(PAGES[name](), tmp_path) == []


def test_a_page_with_a_heading_that_is_left_open_is_noticed(tmp_path: Path) -> None:
    assert errors(render(small()).replace(b"</h2>", b"", 1), tmp_path)
