"""A run's results as one Markdown text: for a comment, an issue, and the page of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.ci.plain_files import content
from console.exit_codes import BAD_INPUT, FAILED, FAULT, GOOD, REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from console.ci.results import Piece, Results

WORDS: Final = {
    GOOD: "✅ good",
    REFUSED: "❌ refused",
    BAD_INPUT: "⚠️ not judged",
    FAILED: "⚠️ not judged: the engine or a cloud failed",
    FAULT: "⚠️ not judged: a fault of `enclave`",
}
"""How a piece of work ended, for a reader of its result."""
_MARKUP: Final = {ord(letter): f"&#{ord(letter)};" for letter in "\\`*_[]<>|#@&~"}
HEADLINES: Final = {GOOD: "nothing refused", REFUSED: "refused"}
LARGEST: Final = 2**20
"""Bytes of one text; a longer one is not read."""


def page(results: Results | None, folder: Path, *, commit: str, link: str, longest: int, title: str) -> str:
    """Return the text, of at most ``longest`` letters: whatever does not fit is named, with where it is whole.

    Without results the job ended before it judged anything: that is said, as an older text would be taken for its own.
    """
    if results is None:
        return "\n".join(
            (f"## {title}: not judged", "", *_about(commit, link), "The job ended before anything was judged.")
        )
    head = "\n".join((f"## {title}: {_headline(results)}", "", *_about(commit, link), *_told(results)))
    parts = [head]
    room = longest - len(head)
    for piece in results.pieces:
        for text in piece.texts:
            section = f"\n\n{_text(folder / text)}"
            if len(section) > room:
                too_long = f"too long for this place ({len(section):,} letters); see {_whole(link, text)}"
                section = f"\n\n_{plain(piece.what)}: {too_long}._"
            if len(section) <= room:
                parts.append(section)
                room -= len(section)
    return "".join(parts) + "\n"


def summary(results: Results, folder: Path) -> str:
    """Return the text for the page of a job (GitHub takes a mebibyte of it)."""
    return page(results, folder, commit="", link="", longest=900_000, title="Enclave")


def _headline(results: Results) -> str:
    return HEADLINES.get(results.code, "not all was judged")


def _about(commit: str, link: str) -> Iterator[str]:
    told = [f"commit `{plain(commit)[:12]}`" if commit else "", f"[log and bundles]({link})" if link else ""]
    if any(told):
        yield " · ".join(part for part in told if part)
        yield ""


def _told(results: Results) -> Iterator[str]:
    if results.pieces:
        yield from ("| What | Result |", "|---|---|")
        yield from (f"| {plain(piece.what)} | {_word(piece)} |" for piece in results.pieces)
    else:
        yield "Nothing to preview or audit: the change reaches no stack outside the sandbox."
    for sentence in _sentences(results):
        yield f"\n{sentence}"


def _sentences(results: Results) -> Sequence[str]:
    return [*([f"**Not judged:** {plain(results.undone)}"] if results.undone else []), *map(plain, results.notes)]


def _word(piece: Piece) -> str:
    return WORDS.get(piece.code, f"⚠️ ended with {piece.code}")


def _text(file: Path) -> str:
    try:
        return content(file, LARGEST).decode("utf-8", "replace").strip()
    except OSError as error:
        return f"_{plain(file.name)} cannot be read: {plain(str(error.strerror))}._"


def _whole(link: str, text: str) -> str:
    return f"`{text}` among the [bundles]({link})" if link else f"`{text}`"


def plain(text: str) -> str:
    """Return a text in which nothing is markup, a mention or a line break."""
    kept = "".join(letter if letter.isprintable() else " " for letter in text)
    return kept.translate(_MARKUP)
