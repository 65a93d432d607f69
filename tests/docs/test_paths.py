"""Every file and folder of the repository that a page names is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docs.pages import Page, page, pages, tracked, with_folders
from tests.docs.test_commands import code

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = with_folders(tracked())
PACKS = ("policy-packs/", "policy-packs/jurisdiction/", "policy-packs/key-custody/", "policy-packs/enclave_policies/")
BELOW = ("", *PACKS, "policy-packs/jurisdiction/law/catalog/", "sandbox/")
"""Where the paths of a page may begin, beside its own folder."""
PATH = re.compile(r"(?<![\w./~$:<@*-])[a-z_.][\w.-]*(?:/[^\s/`'\",;()]+)+")
ANYTHING = re.compile(r"[A-Z]{3,}|[*{}@:…]")
"""In a path that stands for many: NAME, SITE, a pattern."""
FIRST = frozenset(path.partition("/")[0] for path in FILES) | {"enclave_policies", "law", "rules", "catalog", "adr"}


def lost(one: Page) -> Iterator[str]:
    """Yield each path that a page names in code and that leads nowhere."""
    own = str(Path(one.path).parent)
    for found in PATH.findall(code(one.text)):
        path = found.rstrip("/.")
        if path.partition("/")[0] not in FIRST or ANYTHING.search(path) or path in MADE_WHILE_RUNNING:
            continue
        if not any(f"{start}{path}" in FILES for start in (*BELOW, "" if own == "." else f"{own}/")):
            yield path


MADE_WHILE_RUNNING = frozenset({"stacks/trial.yaml"})
"""What an example makes and removes again."""
HISTORY = "CHANGELOG.md"
"""The page that tells what was; a record of a decision names what is there now, or says what became of it."""


@pytest.mark.parametrize("path", [one.path for one in pages() if one.path != HISTORY])
def test_every_path_that_a_page_names_is_there(path: str) -> None:
    assert sorted(set(lost(page(path)))) == []


def test_a_path_into_nothing_is_noticed() -> None:
    text = "`components/nothing.py`, `law/approvd.yaml`, `law/approved.yaml`\n```\n.ci/runn\ncat Pulumi.yaml\n```\n"
    assert sorted(lost(Page("docs/x.md", text))) == [".ci/runn", "components/nothing.py", "law/approvd.yaml"]
