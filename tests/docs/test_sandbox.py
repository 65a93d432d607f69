"""The README of the sandbox knows everything that a sandbox makes in its folder."""

from __future__ import annotations

from sandbox.layout import Layout
from tests.docs.pages import page


def test_everything_in_a_sandboxs_folder_is_told() -> None:
    text = page("sandbox/README.md").text
    told = text[text.index("## A sandbox's folder") : text.index("## A sandbox shell")]
    assert sorted(name for name in Layout.of(".").names if f"`{name}" not in told) == []
