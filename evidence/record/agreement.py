"""Whether the parts of a record agree: places that exist, names that are there once, verdicts and counts that follow.

The model takes each part by itself. A record whose parts contradict each other would break renderers, or be told in two
ways, so it is refused where it is read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from evidence.record.sums import LETTING, summary_of, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evidence.record.model import Finding, Record


def contradictions(record: Record) -> list[str]:
    """Return where the parts of a record contradict each other; what follows from a place that is none is left out."""
    return [*_places(record)] or [*_names(record), *_answers(record), *_counts(record)]


def _places(record: Record) -> Iterator[str]:
    lists: tuple[tuple[str, str, int, Iterable[int | None]], ...] = (
        *(
            (f"profiles.{number}", "rules", len(record.rules), profile)
            for number, profile in enumerate(record.profiles)
        ),
        ("resources.asked", "profiles", len(record.profiles), (each.asked for each in record.resources)),
        ("findings.resource", "resources", len(record.resources), (each.resource for each in record.findings)),
    )
    for where, of, count, places in lists:
        wrong = next((place for place in places if place is not None and not 0 <= place < count), None)
        if wrong is not None:
            yield f"{where}: {wrong} is no place in {of}, which has {count:,}, counted from 0"


def _names(record: Record) -> Iterator[str]:
    for where, names in (
        ("rules.id", (rule.id for rule in record.rules)),
        ("resources.urn", (resource.urn for resource in record.resources)),
    ):
        twice = next((name for name, times in Counter(names).items() if times > 1), None)
        if twice is not None:
            yield f"{where}: '{twice[:80]}' is there twice"
    for number, profile in enumerate(record.profiles):
        if len(set(profile)) != len(profile):
            yield f"profiles.{number}: a rule is there twice"


def _answers(record: Record) -> Iterator[str]:
    found: dict[int, list[Finding]] = defaultdict(list)
    for number, finding in enumerate(record.findings):
        if finding.verdict == "waived" and finding.waiver is None:
            yield f"findings.{number}: it is waived, and by no exception"
        if finding.resource is not None:
            found[finding.resource].append(finding)
    promised = {rule.id for rule in record.rules}
    asked = [{record.rules[place].id for place in profile} for profile in record.profiles]
    for number, resource in enumerate(record.resources):
        told, rules = found[number], asked[resource.asked]
        answers = {one.rule for one in told if one.rule in promised} | {one.rule for one in resource.unchecked}
        if odd := sorted(answers - rules):
            yield f"resources.{number}: the rule '{odd[0][:80]}' was not asked, and something is told of it"
        if resource.verdict != (follows := verdict_of(told, resource.unchecked)):
            yield f"resources.{number}.verdict: it is '{resource.verdict}', and '{follows}' follows from the findings"
    if record.run.outcome == "clean" and any(one.verdict not in LETTING for one in record.findings):
        yield "run.outcome: it is 'clean', and something was refused"


def _counts(record: Record) -> Iterator[str]:
    said: dict[str, Any] = record.summary.model_dump()
    for name, count in summary_of(record.resources, record.profiles).model_dump().items():
        if said[name] != count:
            yield f"summary.{name}: it is {said[name]}, and {count} are there"
