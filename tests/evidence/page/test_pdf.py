"""The page as PDF: tagged, with its headings as outline, signed with the rest, and never made again."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from console.report.printing import printed
from evidence.bundle.contents import PRINTED
from evidence.renderers.page import render
from located_yaml import ProblemsError
from tests.evidence.bundles import bundle_in, small
from tests.evidence.verifiers import checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def pdf(program: Path) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
        return printed(render(small()))


def test_the_pdf_is_tagged_and_its_outline_is_the_pages_headings(pdf: bytes) -> None:
    reader = PdfReader(io.BytesIO(pdf))
    catalog: Any = reader.root_object
    assert catalog["/MarkInfo"]["/Marked"]
    kinds = list(_kinds(catalog["/StructTreeRoot"]))
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == render(small()).count(b"<h2")
    assert kinds.count("/H3") == render(small()).count(b"<h3")
    assert {"/Table", "/TH", "/L", "/Figure"} <= set(kinds)
    titles = [str(each.title) for each in _flat(reader.outline)]
    assert titles[0] == "Refused stack small"
    assert "Coverage, and what was not checked" in titles


def test_the_pdf_tells_what_the_page_tells(pdf: bytes) -> None:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    for told in ("Refused", "JUR-001", "would be in eu-west-2", "stacks/small.yaml:7:3", "us-dpf", "Norsk Tilsyn"):
        assert told in text


def test_a_bundle_with_a_pdf_is_believed_and_each_change_of_it_found(pdf: bytes, tmp_path: Path) -> None:
    bundle = bundle_in(tmp_path / "made", also={PRINTED: pdf})
    found = checked(bundle)
    assert found.problems == ()
    assert (found.rendered, found.printed) == (True, True)
    file = bundle.folder / PRINTED
    file.write_bytes(pdf.replace(b"%PDF-1", b"%PDF-2", 1))
    assert any(PRINTED in problem for problem in checked(bundle).problems)


def test_without_a_browser_that_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProblemsError, match="no Chromium is found on PATH"):
        printed(b"")


def test_a_browser_that_prints_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho out of ink >&2\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    with pytest.raises(ProblemsError, match=r"does not print .exit code 3: out of ink"):
        printed(b"")


def _kinds(node: Any) -> Iterator[str]:
    found = node.get_object()
    if isinstance(found, list):
        for each in found:
            yield from _kinds(each)
    elif isinstance(found, dict):
        if "/S" in found:
            yield str(found["/S"])
        if "/K" in found:
            yield from _kinds(found["/K"])


def _flat(outline: Any) -> Iterator[Any]:
    for each in outline:
        if isinstance(each, list):
            yield from _flat(each)
        else:
            yield each
