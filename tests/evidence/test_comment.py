"""The comment begins with the verdict, fits into a comment, and shows names without doing what they say."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from evidence.renderers import comment
from tests import targets
from tests.evidence.bundles import small
from tests.evidence.hostile import HARMLESS, WORDS, record_of
from tests.evidence.test_sarif import crowded

GITHUB = """
import sys
from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options
print(github_flavored_markdown_to_html(sys.argv[1].replace(chr(0), ""), Options.CMARK_OPT_UNSAFE))
"""
ACTS = ("@", "#", "https://", "www.", "[", "`", "|", ":tada:", "GH-3")


class Skeleton(HTMLParser):
    """The tags of a page with their attributes, and whatever stands outside of code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, object]] = []
        self.open: list[str] = []
        self.outside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, attrs))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave a tag."""
        if tag in self.open:
            self.open.remove(tag)

    def handle_data(self, data: str) -> None:
        """Keep what no code holds."""
        if "code" not in self.open:
            self.outside += data


def skeleton(words: tuple[str, ...]) -> Skeleton:
    markdown = comment.render(record_of(words)).decode()
    return Skeleton(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))


def test_the_verdict_comes_first_with_lines_and_what_to_do() -> None:
    lines = [line for line in comment.render(small()).decode().splitlines() if line]
    assert lines[1] == "<h2>❌ <code>small</code>: refused</h2>"
    assert lines[2].startswith("5 resources by 2 rules, as of 2026-11-29: 1 passed, 1 failed, 1 undetermined")
    text = "\n".join(lines)
    assert text.index("JUR-001 region") < text.index("To do: <code>choose an approved region</code>")
    assert text.index("<code>stacks/small.yaml:7:3</code>") < text.index("### Not checked") < text.index("<details>")


def test_no_name_leaves_its_cell_is_a_link_or_calls_anybody() -> None:
    hostile = skeleton(WORDS)
    harmless = skeleton(HARMLESS)
    assert hostile.tags == harmless.tags
    assert {tag for tag, _ in hostile.tags} <= {
        *("h2", "h3", "p", "table", "tr", "td", "th", "code", "br", "details", "summary", "strong")
    }
    assert not any(attributes for _, attributes in hostile.tags)
    text = hostile.outside
    assert not [mark for mark in ACTS if mark in text]


def test_githubs_own_parser_sees_no_markup_in_names() -> None:
    """`cmarkgfm` is the parser that GitHub runs; mentions and links are made after it, and never in code."""
    hostile, harmless = comment.render(record_of(WORDS)).decode(), comment.render(record_of(HARMLESS)).decode()
    shown = [Skeleton(targets.python("oscal", GITHUB, text)) for text in (hostile, harmless)]
    assert shown[0].tags == shown[1].tags
    assert not [mark for mark in ACTS if mark in shown[0].outside]
    assert ("a", [("href", "https://evil.example")]) in Skeleton(targets.python("oscal", GITHUB, WORDS[1])).tags


@pytest.mark.parametrize("words", ["is abroad", "é" * 3_000, "<&>" * 2_000], ids=["short", "wide", "marks"])
@pytest.mark.parametrize("count", [1_000, 5_000])
def test_a_comment_is_never_longer_than_a_code_host_takes_and_says_what_it_leaves_out(count: int, words: str) -> None:
    record = crowded(count, words)
    many = record.not_checked[0].model_copy(update={"reason": words})
    record = record.model_copy(update={"not_checked": (many,) * count, "exceptions": record.exceptions * count})
    text = comment.render(record).decode()
    assert len(text.encode()) <= 65_536
    shown = text.count("<td>fail</td>") + text.count("<td>undetermined</td>")
    refused = sum(one.verdict != "waived" for one in record.findings)
    assert f"**{refused - shown:,} more findings are left out here" in text
    assert text.index("JUR-001") < text.index("### Not checked")


def test_a_comment_that_passes_markup_on_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(comment, "escape", str)
    hostile = skeleton(WORDS)
    assert any(tag == "a" for tag, _ in hostile.tags)
