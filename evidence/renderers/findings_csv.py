"""What was refused, waived or not checked as CSV, one line each, with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evidence.record.unjudged import unjudged
from evidence.renderers.csv_text import csv_text
from evidence.renderers.ordered import resource_of, waived_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.record.model import Record

HEAD: Final = (
    "verdict",
    "rule",
    "resource",
    "site",
    "country",
    "declared",
    "decided by",
    "exception",
    "until",
    "text",
    "to do",
)


def render(record: Record) -> bytes:
    """Return the findings in the record's order, then everything that nobody checked, then what the law permits."""
    return csv_text([HEAD, *_findings(record), *_unjudged(record), *_exceptions(record)])


def _findings(record: Record) -> Iterator[tuple[object, ...]]:
    for one in record.findings:
        resource, waiver = resource_of(record, one), one.waiver
        yield (
            one.verdict,
            one.rule,
            resource.urn if resource else "",
            resource.site if resource else "",
            one.country,
            one.declared,
            one.decided,
            waiver.id if waiver else "",
            waiver.expires if waiver else "",
            "; ".join([one.message, *([waived_words(one)] if waiver else [])]),
            one.remedy,
        )


def _unjudged(record: Record) -> Iterator[tuple[object, ...]]:
    for one in unjudged(record):
        resource = one.resource
        where = (resource.site, resource.place.country if resource.place else "", resource.declared) if resource else ()
        yield ("not-checked", " ".join(one.rules), one.what, *(where or ("", "", "")), "", "", "", one.reason, "")


def _exceptions(record: Record) -> Iterator[tuple[object, ...]]:
    for one in record.exceptions:
        used = "used" if one.used else "not used any more"
        words = f"{used}, {one.days} days left: {one.reason} ({one.ticket}; owner {one.owner}, approver {one.approver})"
        yield ("exception", " ".join(one.rules), "", "", "", "", "", one.id, one.expires, words, "")
