"""A run as a comment on a pull request: the verdict, what to change where, what nobody judged, and what ends soon.

Whatever a run tells stands in `<code>` in a block of HTML, in which nothing is read as Markdown (CommonMark 4.6): there
no name ends a cell, is a link, or calls a person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING, Final

from evidence.record.sums import LETTING
from evidence.record.unjudged import unjudged
from evidence.renderers.bounded import bounded, cut_words
from evidence.renderers.ending import SOON, endings
from evidence.renderers.ordered import ordered, short_words, waived_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evidence.record.model import Finding, Record

LIMIT: Final = 65_536
"""Characters of a comment that GitHub takes; bytes are counted, which are never fewer."""
SHARES: Final = {
    "refused": 30_000,
    "warned": 4_000,
    "waived": 6_000,
    "not-checked": 8_000,
    "ending": 6_000,
    "digests": 6_000,
}
"""Bytes for each part, so that none takes the place of another; the rest is for verdict and headings."""
TEXT: Final = 1_000
UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
"""Controls, line breaks, and marks that turn or hide letters."""
MARKS: Final = {"clean": "✅", "refused": "❌", "undetermined": "❓", "failed": "❌"}
VERDICTS: Final = {
    "clean": "nothing is refused",
    "refused": "refused",
    "undetermined": "not determined, and so not let through",
    "failed": "the run failed",
}


def render(record: Record) -> bytes:
    """Return the comment, which begins with the verdict and is never longer than a code host takes."""
    return ("\n\n".join([*_head(record), *_parts(record), *_foot(record)]) + "\n").encode()


def _head(record: Record) -> Iterator[str]:
    run, sums = record.run, record.summary
    yield f"<!-- enclave report {escape(_plain(run.stack))} -->"
    yield f"<h2>{MARKS[run.outcome]} {_code(run.stack)}: {VERDICTS[run.outcome]}</h2>"
    counts = {
        "passed": sums.passed,
        "failed": sums.failed,
        "undetermined": sums.undetermined,
        "warned": sums.warned,
        "waived": sums.waived,
        "not checked": sums.unchecked + sum(one.kind != "resource" for one in record.not_checked),
    }
    told = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count or word == "passed")
    yield f"{sums.resources:,} resources by {len(record.rules)} rules, as of {run.as_of}: {told}."
    if run.reasons:
        yield f"<p>{'<br>'.join(_code(reason) for reason in run.reasons[:5])}</p>"


def _parts(record: Record) -> Iterator[str]:
    found = ordered(record)
    refused = [one for one in found if one.verdict not in LETTING]
    yield from _refused(record, refused)
    unchecked = [
        f"<td>{_code(each.what)}</td><td>{_code(_reason(each.reason, each.rules))}</td>" for each in unjudged(record)
    ]
    yield from _table("Not checked", ("what", "why"), unchecked, "not-checked")
    warned = [
        f"<td>{_code(one.rule)}</td><td>{_code(short_words(record, one))}</td><td>{_code(one.remedy)}</td>"
        for one in found
        if one.verdict == "warned"
    ]
    yield from _table("Soon refused", ("rule", "what", "to do"), warned, "warned")
    waived = [
        f"<td>{_code(one.rule)}</td><td>{_code(short_words(record, one))}</td><td>{_code(waived_words(one))}</td>"
        for one in found
        if one.verdict == "waived"
    ]
    yield from _table("Waived", ("rule", "what", "by"), waived, "waived")
    every = endings(record)
    soon = [
        f"<td>{one.days} days</td><td>{one.last}</td><td>{_code(one.what)}</td><td>{_code(one.line)}</td>"
        for one in every
        if one.days <= SOON
    ]
    yield from _table(f"Ends within {SOON} days", ("in", "on", "what", "declared at"), soon, "ending")


def _refused(record: Record, refused: list[Finding]) -> Iterator[str]:
    """Yield a table of every rule that was broken, as far as they fit together."""
    rows: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in refused:
        where = [*([_code(one.declared)] if one.declared else ["no line is known"])]
        where += [f"decided by {_code(one.decided)}"] if one.decided else []
        row = f"<tr><td>{one.verdict}</td><td>{'<br>'.join(where)}</td><td>{_code(short_words(record, one))}</td></tr>"
        rows[one.rule, one.name, one.remedy].append(row)
    room, left_out = SHARES["refused"], 0
    for (rule, name, remedy), each in rows.items():
        title = f"<h3>{_code(f'{rule} {name}')}</h3>\n<p>To do: {_code(remedy)}</p>"
        begin, end = "<table><tr><th>verdict</th><th>where</th><th>what</th></tr>", "</table>"
        fits = bounded([row.encode() for row in each], room - len(f"{title}{begin}{end}".encode()) - 10)
        left_out += len(each) - fits
        if fits:
            told = "\n".join([begin, *each[:fits], end])
            room -= len(f"{title}{told}".encode()) + 10
            yield f"{title}\n{told}"
    if left_out:
        yield f"**{cut_words(left_out, 'findings', 'findings.csv of the bundle has them all')}**"


def _table(title: str, head: Iterable[str], rows: list[str], share: str) -> Iterator[str]:
    if not rows:
        return
    fits = bounded([f"<tr>{row}</tr>".encode() for row in rows], SHARES[share] - 500)
    first = "".join(f"<th>{word}</th>" for word in head)
    told = "\n".join(["<table>", f"<tr>{first}</tr>", *(f"<tr>{row}</tr>" for row in rows[:fits]), "</table>"])
    yield f"### {title} ({len(rows):,})\n\n{told}"
    if fits < len(rows):
        yield f"**{cut_words(len(rows) - fits, 'of them', 'findings.csv of the bundle has them all')}**"


def _foot(record: Record) -> Iterator[str]:
    run = record.run
    rows = [f"<td>commit</td><td>{_code(run.commit or 'none')}</td>"]
    rows += [f"<td>changed since</td><td>{_code(file)}</td>" for file in run.changed]
    rows += [f"<td>{each.role} {_code(each.name)}</td><td>{_code(each.sha256)}</td>" for each in record.inputs]
    rows += [f"<td>pack {_code(each.name)}</td><td>{_code(each.sha256 or 'none')}</td>" for each in record.packs]
    fits = bounded([f"<tr>{row}</tr>".encode() for row in rows], SHARES["digests"] - 500)
    told = [*(f"<tr>{row}</tr>" for row in rows[:fits])]
    if fits < len(rows):
        told.append(f"<tr><td>{cut_words(len(rows) - fits, 'lines', 'record.json has them all')}</td></tr>")
    about = f"{record.run.command} of {record.run.moment} by {record.tool}"
    table = "\n".join(["<table>", *told, "</table>"])
    yield f"<details><summary>Commit and digests: {_code(about)}</summary>\n{table}\n</details>"


def _reason(reason: str, rules: tuple[str, ...]) -> str:
    return f"{reason} ({', '.join(rules)})" if rules else reason


def _code(told: object) -> str:
    """Return words of a run so that nothing in them acts; empty where there are none."""
    text = "" if told is None else _plain(str(told))
    text = text if len(text) <= TEXT else f"{text[:TEXT]}… (cut)"
    return f"<code>{escape(text)}</code>" if text else ""


def _plain(text: str) -> str:
    return UNSEEN.sub(" ", text).strip()
