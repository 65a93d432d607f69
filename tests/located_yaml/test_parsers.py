"""libyaml and PyYAML's own parser give the same data, the same positions and the same problems."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from located_yaml import Document, ProblemsError, events
from located_yaml.loader import loads

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("policy-packs/jurisdiction/law/*.yaml"), *ROOT.glob("stacks/*.yaml")])
TEXTS = [file.read_text(encoding="utf-8")[:1200] for file in FILES]
SPOILERS = [*" \t\n:-[]{},'\"#&*!|>?%@`~1é😀", "\ufeff", "\n  ", "\n- ", ": ", "|\n ", "---\n", "\r\n", "|#", "\0"]


def outcome(text: str, *, fast: bool) -> Document | str:
    try:
        return loads(text, "x.yaml", events.FASTEST if fast else None)
    except ProblemsError as error:
        return str(error)


@pytest.mark.skipif(events.FASTEST is None, reason="PyYAML was built without libyaml: there is only one parser")
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(TEXTS), st.lists(st.tuples(st.floats(0, 1), st.sampled_from(SPOILERS), st.integers(0, 3))))
def test_both_parsers_read_a_spoiled_file_alike(text: str, edits: list[tuple[float, str, int]]) -> None:
    for share, spoiler, removed in edits:
        at = int(share * len(text))
        text = text[:at] + spoiler + text[at + removed :]
    assert outcome(text, fast=True) == outcome(text, fast=False)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_both_parsers_read_a_shipped_file_alike(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    found = outcome(text, fast=True)
    assert isinstance(found, Document)
    assert found == outcome(text, fast=False)


@pytest.mark.skipif(events.FASTEST is None, reason="PyYAML was built without libyaml: there is only one parser")
@pytest.mark.parametrize("text", ["a: b\tc", "{a?b: 1}", "\n\ufeffa: 1", "a: |#b"])
def test_libyaml_alone_would_read_odd_texts_otherwise(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: without the detour for odd texts the comparison above fails."""
    assert outcome(text, fast=True) == outcome(text, fast=False)
    monkeypatch.setattr(events, "READ_DIFFERENTLY", re.compile("(?!)"))
    assert outcome(text, fast=True) != outcome(text, fast=False)


def test_an_error_says_what_pyyaml_says() -> None:
    assert outcome("a: [1", fast=True) == "x.yaml:1:6: is not valid YAML: expected ',' or ']', but got '<stream end>'"
    assert outcome("a: \0", fast=True) == "x.yaml:1:4: is not valid YAML: character #x0000 is not allowed"
