"""A run as commands of a GitHub workflow: printed in a step, each shows its words at its line of the pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from evidence.record.unjudged import unjudged
from evidence.renderers.bounded import cut_words
from evidence.renderers.ordered import declaration_of, ordered, resource_of, waived_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.record.model import Line, Record

LIMIT: Final = 10
"""Annotations of one kind that GitHub takes from a step; it drops the rest without a word."""
TITLE: Final = 200
TEXT: Final = 4_000
KINDS: Final = ("error", "warning", "notice")
DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})
"""What would end a command or a property of it (actions/toolkit, command.ts)."""


class Annotation(NamedTuple):
    """Words at a line; None: at the declaration as a whole."""

    kind: str
    title: str
    text: str
    line: Line | None = None


def render(record: Record) -> bytes:
    """Return a command in each line, the gravest first; where GitHub would drop some, the last of a kind says so."""
    base = declaration_of(record)
    every = list(_annotations(record))
    lines = []
    for kind in KINDS:
        found = [each for each in every if each.kind == kind]
        if len(found) > LIMIT:
            words = cut_words(len(found) - LIMIT + 1, f"{kind}s", "findings.csv has them all")
            found = [*found[: LIMIT - 1], Annotation(kind, "more", words)]
        lines += [_command(each, base) for each in found]
    return "".join(f"{line}\n" for line in lines).encode()


def _annotations(record: Record) -> Iterator[Annotation]:
    for one in ordered(record):
        if one.verdict == "waived":
            yield Annotation("notice", f"{one.rule} waived", f"{one.message}; {waived_words(one)}", one.declared)
            continue
        if one.verdict == "warned":
            yield Annotation("warning", f"{one.rule} {one.name}: warned", one.message, one.declared)
            continue
        resource = resource_of(record, one)
        where = f" ({resource.urn})" if resource and resource.urn not in one.message else ""
        yield Annotation("error", f"{one.rule} {one.name}: {one.verdict}", f"{one.message}{where}", one.declared)
    for each in unjudged(record):
        yield Annotation("warning", "not-checked", each.words, each.resource.declared if each.resource else None)
    for grant in record.exceptions:
        words = f"exception {grant.id} of {grant.owner} ends on {grant.expires}, in {grant.days} days"
        yield Annotation("notice", "exception", words)


def _command(one: Annotation, base: str) -> str:
    line = one.line
    file, place = (line.file, f",line={line.line},col={line.column}") if line else (base, "")
    title = one.title[:TITLE].translate(PROPERTY)
    text = one.text if len(one.text) <= TEXT else f"{one.text[:TEXT]}… (cut; record.json has it all)"
    return f"::{one.kind} file={file.translate(PROPERTY)}{place},title={title}::{text.translate(DATA)}"
