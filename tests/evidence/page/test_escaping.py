"""No text of a record becomes markup, script, or an address that the page asks."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from evidence.renderers.page import document, render
from tests.evidence.bundles import small
from tests.evidence.page.hostile import HOSTILE, hostile

if TYPE_CHECKING:
    import pytest


class Parsed(HTMLParser):
    """What a page consists of: its elements with their attributes, and the texts of its scripts."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self._inside = ""
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        (self.scripts if self._inside == "script" else self.texts).append(data)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._inside = "" if tag == self._inside else self._inside


def foreign(page: bytes) -> list[str]:
    """Return what stands in a page that its template does not put there."""
    found = Parsed(page)
    wrong = [f"script {attributes}" for tag, attributes in found.elements if tag == "script"][2:]
    for tag, attributes in found.elements:
        wrong += [f"{tag} {name}" for name in attributes if name.startswith("on") or name in ("src", "style", "srcset")]
        wrong += [f"{tag} to {attributes['href']}" for _ in "x" if not (attributes.get("href") or "#").startswith("#")]
        wrong += [tag] if tag in ("img", "iframe", "object", "embed", "link", "base", "form action") else []
    return wrong


def test_no_hostile_text_becomes_markup() -> None:
    assert foreign(render(hostile())) == []
    assert foreign(render(small())) == []


def test_a_page_that_escapes_nothing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    careless = document.environment().overlay(autoescape=False)
    monkeypatch.setattr(document, "environment", lambda: careless)
    assert foreign(render(hostile()))


def test_hostile_texts_are_shown_as_what_they_are() -> None:
    texts = "".join(Parsed(render(hostile())).texts)
    for told in (
        "<script>alert(1)</script>",
        "{{ 7 * 7 }}",
        "&lt;b&gt;&amp;",
        "onerror=alert(3)",
        "javascript:alert(4)",
    ):
        assert told in texts
    assert "\\u202egpj.exe" in texts
    assert "\\u0000\\u001b[31m\\u2028\\ufffe" in texts
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe]", render(hostile()).decode())


def test_no_text_is_endless() -> None:
    words = max(re.split(r"\s", "".join(Parsed(render(hostile())).texts)), key=len)
    assert len(words) < 2_200
    assert "characters)" in render(hostile()).decode()


def test_the_resources_stand_in_the_page_as_data_that_ends_where_it_should() -> None:
    data, script, *more = Parsed(render(hostile())).scripts
    assert not more
    assert "use strict" in script
    assert not set(data) & set("<>&")
    plain: dict[str, Any] = json.loads(data)
    assert len(plain["rows"]) == len(hostile().resources)
    assert any(HOSTILE[0] in word for word in plain["words"])


def test_the_policy_lets_in_the_pages_own_style_and_script_alone() -> None:
    (policy,) = [a["content"] for tag, a in Parsed(render(small())).elements if a.get("http-equiv")]
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.pop("default-src") == "'none'"
    assert re.fullmatch(r"'sha256-[\w+/]{43}='", rules.pop("script-src"))
    assert re.fullmatch(r"'sha256-[\w+/]{43}='", rules.pop("style-src"))
    assert rules == {"base-uri": "'none'", "form-action": "'none'"}


def test_the_same_record_gives_the_same_page() -> None:
    assert render(small()) == render(small())
