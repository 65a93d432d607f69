"""A run as SARIF 2.1.0 (OASIS), which code hosts and editors show at the line that a person changes.

What is undetermined stands as a failure, and what nobody judged as a failure of the rule NOT-CHECKED: consumers pass
over `kind` (GitHub), or hide whatever does not fail. What is waived is suppressed, and a note as well; what is told
before it is refused is a warning.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from evidence.record.sums import LETTING
from evidence.record.unjudged import unjudged
from evidence.renderers import sarif_rules
from evidence.renderers.bounded import bounded, cut_words
from evidence.renderers.ordered import declaration_of, ordered, resource_of, waived_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evidence.record.model import Finding, Line, Record
    from evidence.record.unjudged import Unjudged

LEVELS: Final[Mapping[str, str]] = {"waived": "note", "warned": "warning"}
RESULTS: Final = 25_000
"""Results in one run that GitHub takes; of these it shows 5,000, the gravest."""
BYTES: Final = 10_000_000
"""What GitHub takes, packed by gzip; this stays below it unpacked."""
ENDS: Final = 1_000
"""Bytes that are kept for the sentence about what is left out."""
TEXT: Final = 4_000
STEPS: Final = 100
SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
PLACEHOLDER: Final = re.compile(r"\{(\d+)\}")
ROOT: Final = "%SRCROOT%"


def render(record: Record) -> bytes:
    """Return the document: one run, its results the gravest first, and as many as a code host takes."""
    rules = sarif_rules.rules(record)
    places = {rule["id"]: number for number, rule in enumerate(rules)}
    every = list(_results(record, places))
    head = len(_written(_document(record, rules, [], 0)))
    kept = bounded([_written(each) for each in every[:RESULTS]], BYTES - head - ENDS)
    return _written(_document(record, rules, every[:kept], len(every) - kept)) + b"\n"


def _document(record: Record, rules: list[Any], results: list[Any], left_out: int) -> dict[str, Any]:
    run = record.run
    name, _, version = record.tool.partition(" ")
    told: dict[str, Any] = {
        "tool": {"driver": {"name": name, "version": version or "unknown", "rules": rules}},
        # of one upload each run has a category of its own: what stands is judged beside a plan of the same stack
        "automationDetails": {"id": f"{name}/{run.project}/{run.stack}{'/state' if run.phase == 'state' else ''}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "the root of the project"}}},
        "invocations": [_invocation(record, left_out)],
        "results": results,
        "properties": {
            "stack": run.stack,
            "outcome": run.outcome,
            "asOf": run.as_of,
            "commit": run.commit,
            "changed": list(run.changed),
            "summary": record.summary.model_dump(),
        },
    }
    if run.repository and run.commit:
        told["versionControlProvenance"] = [
            {"repositoryUri": run.repository, "revisionId": run.commit, "mappedTo": {"uriBaseId": ROOT}}
        ]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [told]}


def _invocation(record: Record, left_out: int) -> dict[str, Any]:
    run = record.run
    notes = [("error" if run.outcome != "clean" else "note", f"{run.outcome}: {'; '.join(run.reasons)}")]
    if left_out:
        notes.insert(0, ("error", cut_words(left_out, "results", "findings.csv has them all")))
    for one in record.exceptions:
        used = "used" if one.used else "not used any more"
        words = f"exception {one.id} of {one.owner} ({used}) ends on {one.expires}, in {one.days} days: {one.reason}"
        notes.append(("warning" if one.days < 0 else "note", words))
    return {
        "executionSuccessful": run.outcome != "failed",
        "exitCode": run.exit_code,
        "endTimeUtc": run.moment,
        "arguments": list(run.flags),
        "toolExecutionNotifications": [{"level": level, "message": _text(words)} for level, words in notes[:STEPS]],
    }


def _results(record: Record, places: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    base = declaration_of(record)
    rest = ordered(record)
    let = [one for one in rest if one.verdict in LETTING]
    for one in (each for each in rest if each.verdict not in LETTING):
        yield _found(record, one, places, seen, base)
    for each in unjudged(record):
        yield _unjudged(each, places, seen, base)
    for one in let:
        yield _found(record, one, places, seen, base)


def _found(record: Record, one: Finding, places: Mapping[str, int], seen: Counter[str], base: str) -> dict[str, Any]:
    resource = resource_of(record, one)
    seen[one.fingerprint] += 1
    words = [one.message, *([waived_words(one)] if one.waiver else [])]
    if one.verdict == "undetermined":
        words.insert(0, "undetermined, and refused as nobody can tell")
    told: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": places[one.rule],
        "kind": "fail",
        "level": LEVELS.get(one.verdict, "error"),
        "message": _text("; ".join(words)),
        "locations": [_location(one.declared, base, resource.urn if resource else None)],
        **_fingerprints(one.fingerprint, seen[one.fingerprint]),
        "properties": _present(
            verdict=one.verdict,
            remedy=one.remedy,
            site=resource.site if resource else None,
            where=one.where,
            country=one.country,
            path=one.path,
        ),
    }
    if one.decided:
        told["relatedLocations"] = [{"id": 0, **_location(one.decided, base, None), "message": _text("the law's line")}]
    if one.verdict == "waived":
        words_ = waived_words(one) or "waived"
        told["suppressions"] = [{"kind": "external", "status": "accepted", "justification": _text(words_)["text"]}]
    if one.steps:
        told["codeFlows"] = [{"threadFlows": [{"locations": _steps(one)}]}]
    return told


def _unjudged(each: Unjudged, places: Mapping[str, int], seen: Counter[str], base: str) -> dict[str, Any]:
    resource = each.resource
    fingerprint = sarif_rules.digest(each.kind, each.what, *each.rules)
    seen[fingerprint] += 1
    return {
        "ruleId": sarif_rules.NOT_CHECKED,
        "ruleIndex": places[sarif_rules.NOT_CHECKED],
        "kind": "fail",
        "level": "warning",
        "message": _text(each.words),
        "locations": [_location(resource.declared if resource else None, base, resource.urn if resource else None)],
        **_fingerprints(fingerprint, seen[fingerprint]),
        "properties": _present(verdict="not-checked", kind=each.kind, site=resource.site if resource else None),
    }


def _steps(one: Finding) -> list[dict[str, Any]]:
    told = []
    for step in one.steps[:STEPS]:
        ports, rules = f" on {step.ports}" if step.ports else "", f" by {', '.join(step.rules)}" if step.rules else ""
        words = f"{step.source} reaches {step.target}{ports}{rules}"
        logical = [{"fullyQualifiedName": step.target[:TEXT]}]
        told.append({"location": {"logicalLocations": logical, "message": _text(words)}})
    if len(one.steps) > STEPS:
        words = cut_words(len(one.steps) - STEPS, "steps of the path", "record.json has them")
        told.append({"location": {"message": _text(words)}})
    return told


def _location(line: Line | None, base: str, urn: str | None) -> dict[str, Any]:
    """Return a place; where no line is known, it is the declaration as a whole, as a result without a file is lost."""
    file = line.file if line else base
    region = {"startLine": line.line, "startColumn": line.column} if line else {"startLine": 1}
    told: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(file), "uriBaseId": ROOT},
            "region": region,
        }
    }
    if urn:
        told["logicalLocations"] = [{"fullyQualifiedName": urn[:TEXT], "kind": "resource"}]
    return told


def _fingerprints(fingerprint: str, occurrence: int) -> dict[str, Any]:
    """Return what tells results apart: our own name for it, and the one that GitHub looks at."""
    told = f"{fingerprint[:16]}:{occurrence}"
    return {"partialFingerprints": {"enclave/v1": fingerprint, "primaryLocationLineHash": told}}


def _text(words: str) -> dict[str, str]:
    """Return words as a message in which nothing is a link or a placeholder (SARIF 3.11.5, 3.11.6)."""
    plain = words if len(words) <= TEXT else f"{words[:TEXT]}… (cut; record.json has it all)"
    return {"text": PLACEHOLDER.sub(r"{ \1 }", plain.replace("](", "] ("))}


def _present(**told: str | None) -> dict[str, str]:
    return {name: value[:TEXT] for name, value in told.items() if value}


def _written(plain: Any) -> bytes:
    return json.dumps(plain, ensure_ascii=True, separators=(",", ":")).encode()
