"""Every resource by every rule as CSV: a line for each resource, a column for each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evidence.record.cells import apart
from evidence.record.unjudged import unjudged
from evidence.renderers.csv_text import Line, csv_text
from evidence.renderers.ordered import waived_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evidence.record.model import Finding, Record

HEAD: Final = ("resource", "type", "site", "country", "step", "verdict", "declared", "why")


def render(record: Record) -> bytes:
    """Return the matrix; a rule that is not about a resource's type has an empty cell there.

    Below the resources stand what is refused of none of them, what nobody judged, and the exceptions.
    """
    rules = [rule.id for rule in record.rules]
    return csv_text([(*HEAD, *rules), *_lines(record, rules), *_rest(record, rules)])


def _lines(record: Record, rules: list[str]) -> Iterator[Line]:
    passed = [{record.rules[place].id: "pass" for place in profile} for profile in record.profiles]
    alike = [_cells(each, rules) for each in passed]
    why: dict[int, list[str]] = {}
    for one in record.findings:
        if one.resource is not None:
            why.setdefault(one.resource, []).append(_words(one))
    for number, (resource, others) in enumerate(apart(record)):
        answers = {cell.rule.id: cell.verdict for cell in others}
        more = _cells(passed[resource.asked] | answers, rules) if answers else alike[resource.asked]
        country = resource.place.country if resource.place else None
        reasons = dict.fromkeys(one.reason for one in resource.unchecked)
        told = "; ".join([*why.get(number, ()), *reasons])
        head = (resource.urn, resource.type, resource.site, country, resource.step, resource.verdict, resource.declared)
        yield Line((*head, told), more)


def _cells(answers: Mapping[str, str], rules: list[str]) -> str:
    """Return a verdict, or nothing, for each rule; thousands of resources have the same."""
    return "".join(f",{answers.get(rule, '')}" for rule in rules)


def _rest(record: Record, rules: list[str]) -> Iterator[tuple[object, ...]]:
    for one in record.findings:
        if one.resource is None:
            answers = (one.verdict if rule == one.rule else "" for rule in rules)
            yield ("", "", "", one.country, "", one.verdict, one.declared, _words(one), *answers)
    for each in unjudged(record):
        if each.resource is None:
            yield (each.what, "", "", "", "", "not-checked", "", each.reason, *("" for _ in rules))
    for grant in record.exceptions:
        words = f"exception {grant.id} until {grant.expires}: {grant.reason}"
        yield (
            "",
            "",
            "",
            "",
            "",
            "exception",
            "",
            words,
            *("permitted" if rule in grant.rules else "" for rule in rules),
        )


def _words(one: Finding) -> str:
    return "; ".join([one.message, *([waived_words(one)] if one.waiver else [])])
