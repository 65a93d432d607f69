"""The page of the watch lists every kind of difference, with the words that the watch says."""

from __future__ import annotations

from pathlib import Path

from hosts.watch.differences import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "watch.md"


def test_the_page_lists_every_kind_of_difference() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert rows == [f"| `{kind}` | {meaning} |" for kind, meaning in KINDS.items()]
