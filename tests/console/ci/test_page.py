"""A run's page is whole or says what it leaves out, and nothing that is told can act as markup."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from console.ci.page import page, plain, summary
from console.ci.results import Piece, Results

if TYPE_CHECKING:
    from pathlib import Path

LINK = "https://ci.hamar.example/runs/1"


def of(results: Results | None, folder: Path, longest: int = 10_000) -> str:
    """Return the page of some results."""
    return page(results, folder, commit="0123456789abcdef", link=LINK, longest=longest, title="Enclave")


def test_several_stacks_have_a_section_each_and_all_codes_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("### a\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("### b\n", encoding="utf-8")
    pieces = (Piece("preview of a", 1, ("a.md",)), Piece("preview of b", 0, ("b.md",)), Piece("preview of c", 2))
    told = of(Results((*pieces, Piece("preview of d", 77)), 1, "no preview of e"), tmp_path)
    assert told.startswith("## Enclave: refused\n\ncommit `0123456789ab` · [log and bundles](https://ci.hamar.example")
    assert "| preview of a | ❌ refused |\n| preview of b | ✅ good |\n| preview of c | ⚠️ not judged |" in told
    assert "| preview of d | ⚠️ ended with 77 |" in told
    assert "**Not judged:** no preview of e" in told
    assert told.endswith("\n\n### a\n\n### b\n")


def test_what_was_not_judged_is_never_called_good(tmp_path: Path) -> None:
    for code in (2, 3, 4, 130):
        assert of(Results((Piece("x", code),), code), tmp_path).startswith("## Enclave: not all was judged")
    assert of(None, tmp_path).startswith("## Enclave: not judged")
    assert of(Results((Piece("x", 0),), 0), tmp_path).startswith("## Enclave: nothing refused")


def test_a_section_that_does_not_fit_is_named_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / "long.md").write_text("x" * 5000, encoding="utf-8")
    (tmp_path / "short.md").write_text("short", encoding="utf-8")
    pieces = (Piece("preview of a", 1, ("long.md",)), Piece("preview of b", 0, ("short.md",)))
    told = of(Results(pieces, 1), tmp_path, longest=1000)
    assert len(told) <= 1000
    assert "preview of a: too long for this place (5,002 letters); see `long.md` among the [bundles]" in told
    assert told.endswith("short\n")


def test_a_text_that_is_gone_is_said(tmp_path: Path) -> None:
    assert "gone.md cannot be read: No such file" in of(Results((Piece("a", 0, ("gone.md",)),)), tmp_path)


def test_a_text_that_is_a_pipe_or_too_large_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "large.md").write_bytes(b"x" * (2**20 + 1))
    told = of(Results((Piece("a", 0, ("pipe.md", "large.md")),)), tmp_path)
    assert "pipe.md cannot be read: is no file" in told
    assert "large.md cannot be read: holds more than 1,048,576 bytes" in told


def test_what_is_told_cannot_act_as_markup() -> None:
    shown = plain("<img src=x> @kari #12 **bold** `code` [a](b) | c\n# head & more")
    assert [letter for letter in "<>@*`[]|\n" if letter in shown] == []
    assert "&#64;kari" in shown
    assert plain("\\") == "&#92;"


def test_the_jobs_page_is_the_same_text(tmp_path: Path) -> None:
    assert summary(Results((Piece("a", 0),)), tmp_path).startswith("## Enclave: nothing refused\n\n| What | Result |")
