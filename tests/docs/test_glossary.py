"""The glossary defines each word once, in order, and every word that an entry leans on has an entry."""

from __future__ import annotations

import re

from tests.docs.pages import page

ROW = re.compile(r"^\| \*\*(?P<word>[a-z -]+)\*\* \| (?P<meaning>.+) \|$", re.MULTILINE)
LEANS_ON = re.compile(r"(?<!\*)\*([a-z][a-z ]*)\*(?!\*)")


def rows() -> list[tuple[str, str]]:
    return [(row["word"], row["meaning"]) for row in ROW.finditer(page("docs/glossary.md").text)]


def missing(entries: list[tuple[str, str]]) -> set[str]:
    """Return the words, of one thing or of several, that meanings lean on and that have no entry."""
    words = {word for word, _ in entries}
    leaned = {word for _, meaning in entries for word in LEANS_ON.findall(meaning)}
    plurals = {word: {word, word.removesuffix("s"), re.sub("ies$", "y", word)} for word in leaned}
    return {word for word in leaned if not plurals[word] & words and word != "permitted"}


def test_every_row_is_read() -> None:
    table = [line for line in page("docs/glossary.md").text.splitlines() if line.startswith("| **")]
    assert len(rows()) == len(table) > 50


def test_words_stand_once_and_in_order() -> None:
    words = [word for word, _ in rows()]
    assert words == sorted(set(words))


def test_every_word_that_a_meaning_leans_on_is_explained() -> None:
    assert missing(rows()) == set()


def test_a_word_that_nobody_explains_is_noticed() -> None:
    assert missing([("hop", "One *connection* between two *ends*."), ("end", "Where *hops* begin.")]) == {"connection"}


def test_meanings_are_sentences() -> None:
    assert [
        word for word, meaning in rows() if not re.match(r"[A-Z`]", meaning) or not re.search(r"[.)]$", meaning)
    ] == []
