"""A run as JUnit XML, which CI systems show: a suite for each rule, a case for each resource that was asked."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from evidence.record.cells import apart, counts
from evidence.record.unjudged import unjudged
from evidence.renderers.ordered import waived_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evidence.record.cells import Cell
    from evidence.record.model import Finding, Line, Record, Verdict

NO_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold (XML 1.0, section 2.2)."""
OUTCOMES: Final[Mapping[Verdict, str]] = {
    "fail": "failure",
    "undetermined": "failure",
    "waived": "skipped",
    "warned": "skipped",
    "not-checked": "skipped",
}
"""The element that tells a verdict; a case that passed has none."""


class Case(NamedTuple):
    """One case of a suite, with everything that is said of it."""

    kind: str
    name: str
    verdict: Verdict
    messages: tuple[str, ...] = ()
    line: Line | None = None


def render(record: Record) -> bytes:
    """Return the document; passed cases are one case of each suite, as most of them pass and readers list every one.

    A case has one outcome, as readers take no more; its text tells every finding.
    """
    return ("\n".join(_lines(record)) + "\n").encode()


def _lines(record: Record) -> Iterator[str]:
    by_rule: dict[str, list[Cell]] = defaultdict(list)
    for _, others in apart(record):
        for cell in others:
            by_rule[cell.rule.id].append(cell)
    count = counts(record)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f"<testsuites name={_attr(f'{record.run.stack} {record.run.command}')}>"
    for rule in record.rules:
        yield from _suite(f"{rule.id} {rule.name}", [*_rule_cases(by_rule.get(rule.id, []), count[rule.id])])
    yield from _suite("the run", [*_run_cases(record)])
    yield "</testsuites>"


def _rule_cases(others: list[Cell], count: Counter[Verdict]) -> Iterator[Case]:
    for cell in others:
        messages = tuple(_words(each) for each in cell.findings)
        if cell.verdict == "not-checked":
            messages = (f"not checked: {cell.reason}",)
        resource = cell.resource
        yield Case(resource.type, resource.urn, cell.verdict, messages, resource.declared)
    if passed := count["pass"]:
        yield Case("passed", f"{passed} of {count.total()} resources pass", "pass")


def _run_cases(record: Record) -> Iterator[Case]:
    known = {rule.id for rule in record.rules}
    for one in record.findings:
        if one.resource is None or one.rule not in known:
            yield Case(one.rule, str(one.declared or "the declaration"), one.verdict, (_words(one),), one.declared)
    for each in unjudged(record):
        if each.resource is None:
            yield Case("not-checked", each.what, "not-checked", (f"not checked: {each.reason}",))
    for grant in record.exceptions:
        words = f"permitted until {grant.expires} by {grant.approver}: {grant.reason}"
        yield Case("exception", f"exception {grant.id} of {grant.owner}", "waived", (words,))


def _words(one: Finding) -> str:
    return "; ".join([one.message, *([waived_words(one)] if one.waiver else [])])


def _suite(name: str, cases: list[Case]) -> Iterator[str]:
    counts = Counter(OUTCOMES.get(case.verdict, "") for case in cases)
    told = f'tests="{len(cases)}" failures="{counts["failure"]}" skipped="{counts["skipped"]}" errors="0"'
    yield f"<testsuite name={_attr(name)} {told}>"
    for case in cases:
        line = case.line
        where = f' file={_attr(line.file)} line="{line.line}"' if line else ""
        yield f"<testcase classname={_attr(case.kind)} name={_attr(case.name)}{where}>"
        tag, text = OUTCOMES.get(case.verdict), "\n".join(case.messages)
        if tag:
            type_ = f" type={_attr(case.verdict)}" if tag == "failure" else ""
            yield f"<{tag}{type_} message={_attr(case.messages[0])}>{escape(_clean(text))}</{tag}>"
        yield "</testcase>"
    yield "</testsuite>"


def _attr(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return NO_XML.sub("\ufffd", text)
