"""What `enclave explain` says, as JSON documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.judging.judge import is_asked, try_read

from console.audit.document import asked_fields, finding_data, place_of
from console.audit.explain_place import place_lines
from console.audit.type_table import rows
from console.document import document

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.resources.resource import Resource

    from console.audit.explain_rule import Explained
    from console.audit.judges import Judges


def resource_document(
    resource: Resource, findings: tuple[Finding, ...], asked: Judges, unfinished: Sequence[str]
) -> str:
    """Return the document about one resource; ``unfinished`` says what the engine has not finished about it."""
    reading = try_read(resource, asked.law)
    objecting = {finding.rule for finding in findings}
    content = [rule for rule in asked.rules if rule.id not in objecting]
    return document(
        "explain",
        {
            "about": "resource",
            **asked_fields(asked),
            "urn": resource.urn,
            "type": resource.type,
            "kind": asked.law.kind(resource.type),
            "place": place_of(resource, asked.law),
            "place_steps": [line.strip() for line in place_lines(resource, asked.law)],
            "inputs": [
                {"role": role, "path": mention.path}
                for role, mentions in sorted(reading.mentions.items())
                for mention in mentions
            ],
            "findings": [finding_data(finding) for finding in findings],
            "content": [rule.id for rule in content if is_asked(rule, reading)],
            "not_concerned": [rule.id for rule in content if not is_asked(rule, reading)],
            "unfinished": list(unfinished),
        },
    )


def type_document(type_: str, law: Law, folder: Path) -> str:
    """Return the document about a type; ``folder`` is the pack's law folder."""
    return document(
        "explain",
        {
            "about": "type",
            "type": type_,
            "kind": law.kind(type_),
            "inputs": [{"role": role, "path": path} for path, role in sorted(law.inputs.get(type_, {}).items())],
            "rows": [{"file": row.file, "line": row.line, "reason": row.reason} for row in rows(folder, type_)],
        },
    )


def rule_document(found: Explained) -> str:
    """Return the document about a rule."""
    rule = found.rule
    fields: dict[str, Any] = {
        "about": "rule",
        "rule": rule.id,
        "name": rule.name,
        "pack": found.pack,
        "title": rule.title,
        "severity": rule.severity,
        "remedy": rule.remedy,
        "asked": found.when,
        "examples": {"allowed": found.allowed, "refused": found.refused, "message": found.words.strip()},
    }
    return document("explain", fields)
