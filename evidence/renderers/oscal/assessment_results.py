"""A run as OSCAL assessment results: an observation for each rule and each answer but yes, a finding for each control.

A control counts as satisfied where every rule that bears on it passed for everything that it was asked about; a waived,
an undetermined or an unchecked answer does not satisfy it. Rules bear on controls, and are not the whole of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from evidence.controls.reading import controls_by_rule, frameworks
from evidence.record.cells import counts as counts_of
from evidence.record.files import written as record_bytes
from evidence.record.unjudged import unjudged
from evidence.renderers.ordered import declaration_of, resource_of, waived_words
from evidence.renderers.oscal.parts import Names, line, metadata, props, prose, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evidence.record.model import Finding, Judged, Record, Verdict

GRAVEST: Final = ("fail", "undetermined", "not-checked", "waived", "warned", "pass")
REASONS: Final[Mapping[str, str]] = {"fail": "fail", "pass": "pass"}
NOTHING: Final = "no rule that bears on it was asked about anything"

Counts = dict[str, "Counter[Verdict]"]


def render(record: Record) -> bytes:
    """Return the document; every UUID in it is made of the record."""
    names = Names(record_bytes(record))
    run = record.run
    title = line(f"enclave {run.command} of {run.stack}: {run.outcome}")
    counts = _counts(record)
    result: dict[str, Any] = {
        "uuid": names.of("result"),
        "title": title,
        "description": prose("; ".join(run.reasons) or "nothing is refused"),
        "start": run.moment,
        "end": run.moment,
        "props": props(outcome=run.outcome, phase=run.phase, as_of=run.as_of, commit=run.commit, tool=record.tool),
        "reviewed-controls": _reviewed(),
    }
    if items := list(_items(record, names)):
        result["local-definitions"] = {"inventory-items": items}
    result["observations"] = [*_rules(record, counts, names), *_found(record, names), *_silent(record, names)]
    if risks := list(_risks(record, names)):
        result["risks"] = risks
    result["findings"] = list(_findings(counts, names))
    return written(
        {
            "assessment-results": {
                "uuid": names.of("assessment-results"),
                "metadata": metadata(record, title),
                "import-ap": {"href": f"#{names.of('plan')}", "remarks": "What is assessed are the packs' rules."},
                "results": [result],
                "back-matter": {"resources": [_plan(record, names), *_sources(names)]},
            }
        }
    )


def _counts(record: Record) -> Counts:
    """Return how often each rule has which verdict, on resources and on the declaration itself."""
    found: Counts = defaultdict(Counter, counts_of(record))
    for one in record.findings:
        if one.resource is None:
            found[one.rule][one.verdict] += 1
    return found


def _reviewed() -> dict[str, Any]:
    selections = []
    for framework in frameworks():
        included = [{"control-id": control} for control in framework.controls if control not in framework.no_rule]
        told: dict[str, Any] = {"description": prose(f"{framework.title}, {framework.version}")}
        told["include-controls"] = included
        if framework.no_rule:
            told["exclude-controls"] = [{"control-id": control} for control in framework.no_rule]
            told["remarks"] = prose("; ".join(f"{control}: {why}" for control, why in framework.no_rule.items()))
        selections.append(told)
    return {"control-selections": selections}


def _items(record: Record, names: Names) -> Iterator[dict[str, Any]]:
    """Yield the resources that something is told of."""
    told = {one.resource for one in record.findings}
    for number, resource in enumerate(record.resources):
        if number in told or resource.unchecked:
            country = resource.place.country if resource.place else None
            yield {
                "uuid": names.of("resource", resource.urn),
                "description": prose(resource.urn),
                "props": props(type=resource.type, site=resource.site, country=country, step=resource.step),
            }


def _rules(record: Record, counts: Counts, names: Names) -> Iterator[dict[str, Any]]:
    titles = {rule.id: rule.title for rule in record.rules}
    for rule, count in counts.items():
        told = ", ".join(f"{count[verdict]} {verdict}" for verdict in GRAVEST if count[verdict]) or "asked of nothing"
        yield {
            "uuid": names.of("rule", rule),
            "title": line(rule),
            "description": prose(f"{titles.get(rule, rule)} {told}."),
            "props": props(rule_id=rule, **{verdict.replace("-", "_"): count[verdict] or None for verdict in GRAVEST}),
            "methods": ["TEST"],
            "types": ["control-objective"],
            "collected": record.run.moment,
        }


def _found(record: Record, names: Names) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for one in record.findings:
        resource = resource_of(record, one)
        seen[one.fingerprint] += 1
        yield {
            "uuid": names.of("finding", one.fingerprint, str(seen[one.fingerprint])),
            "title": line(f"{one.rule} {one.verdict}"),
            "description": prose(one.message),
            "props": props(
                rule_id=one.rule,
                verdict=one.verdict,
                declared_at=one.declared,
                decided_at=one.decided,
                country=one.country,
                fingerprint=one.fingerprint,
                remedy=one.remedy,
                exception=waived_words(one),
                way="; ".join(f"{step.source} to {step.target} {step.ports}" for step in one.steps),
            ),
            "methods": ["TEST"],
            "types": ["finding"],
            **_subjects(resource, names),
            "relevant-evidence": [{"href": "record.json", "description": _evidence(record, one)}],
            "collected": record.run.moment,
        }


def _silent(record: Record, names: Names) -> Iterator[dict[str, Any]]:
    for number, one in enumerate(unjudged(record)):
        yield {
            "uuid": names.of("unjudged", str(number)),
            "title": line(f"not-checked: {one.kind}"),
            "description": prose(one.words),
            "props": props(verdict="not-checked", kind=one.kind),
            "methods": ["UNKNOWN"],
            "types": ["finding"],
            **_subjects(one.resource, names),
            "collected": record.run.moment,
        }


def _subjects(resource: Judged | None, names: Names) -> dict[str, Any]:
    if resource is None:
        return {}
    return {"subjects": [{"subject-uuid": names.of("resource", resource.urn), "type": "inventory-item"}]}


def _evidence(record: Record, one: Finding) -> str:
    return prose(f"the record of the run; the line that a person changes is {one.declared or declaration_of(record)}")


def _risks(record: Record, names: Names) -> Iterator[dict[str, Any]]:
    """Yield what an exception of the law permits for a while."""
    for one in record.exceptions:
        yield {
            "uuid": names.of("exception", one.id),
            "title": line(f"exception {one.id}"),
            "description": prose(f"{', '.join(one.rules)} waived from {one.granted} until {one.expires}"),
            "statement": prose(f"{one.reason} ({one.ticket}; owner {one.owner}, approver {one.approver})"),
            "props": props(used=str(one.used).lower(), days_left=one.days, last_day=one.expires),
            "status": "deviation-approved" if one.used else "closed",
            "deadline": f"{one.expires}T00:00:00Z",
        }


def _findings(counts: Counts, names: Names) -> Iterator[dict[str, Any]]:
    mapped = controls_by_rule()
    for framework in frameworks():
        for control, title in framework.controls.items():
            if control in framework.no_rule:
                continue
            rules = [rule for rule in counts if control in mapped.get(rule, ())]
            told = {verdict: sum(counts[rule][verdict] for rule in rules) for verdict in GRAVEST}
            verdict = next((each for each in GRAVEST if told[each]), "")
            words = ", ".join(f"{count} {each}" for each, count in told.items() if count) or NOTHING
            found: dict[str, Any] = {
                "uuid": names.of("control", control),
                "title": line(f"{control} {title}"),
                "description": prose(f"{framework.title}: {title}. {', '.join(rules) or 'No rule'}: {words}."),
                "target": {
                    "type": "objective-id",
                    "target-id": control,
                    "status": {
                        "state": "satisfied" if verdict == "pass" else "not-satisfied",
                        "reason": REASONS.get(verdict, "other"),
                        "remarks": prose(f"{verdict or 'not-checked'}: {words}"),
                    },
                },
            }
            if rules:
                found["related-observations"] = [{"observation-uuid": names.of("rule", rule)} for rule in rules]
            yield found


def _plan(record: Record, names: Names) -> dict[str, Any]:
    packs = "; ".join(f"{pack.name} {pack.version or ''} (sha256 {pack.sha256})" for pack in record.packs)
    return {
        "uuid": names.of("plan"),
        "title": "The rules of the packs",
        "description": prose(f"{len(record.rules)} rules: {packs}"),
        "rlinks": [{"href": "oscal-component-definition.json"}],
    }


def _sources(names: Names) -> Iterator[dict[str, Any]]:
    for one in frameworks():
        yield {
            "uuid": names.of("framework", one.id),
            "title": one.title,
            "description": prose(one.version),
            "rlinks": [{"href": one.source}],
        }
