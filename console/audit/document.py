"""An audit's outcome as one deterministic JSON document: the same file, law and day give the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.judging.side_channel import as_data
from enclave_policies.places.placement import locate
from enclave_policies.resources.unknown import UNKNOWN

from console.document import document

if TYPE_CHECKING:
    from datetime import date

    from enclave_policies.access.inspected import Standing
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.resources.resource import Resource

    from console.audit.judges import Judges
    from console.audit.outcome import Outcome

told_elsewhere = ("subject", "approved", "waiver")


def outcome_document(outcome: Outcome) -> str:
    """Return the document of a file that was judged."""
    return document(
        "audit",
        {
            "verdict": outcome.verdict,
            "as_of": outcome.day.isoformat(),
            "strict": outcome.strict,
            **asked_fields(outcome.judges),
            "partial": bool(outcome.left_out),
            "packs_left_out": list(outcome.left_out),
            "state": _state(outcome),
            "summary": dict(outcome.counts),
            "resources": [
                {
                    "urn": resource.urn,
                    "type": resource.type,
                    "verdict": resource.verdict,
                    "place": place_of(resource.resource, outcome.law),
                    "findings": [finding_data(finding) for finding in resource.findings],
                }
                for resource in outcome.resources
            ],
            "unfinished": [{"urn": one.urn, "what": one.what} for one in outcome.unfinished],
            "approvals": [approval_fields(one, outcome.law) for one in outcome.gateways if one.approval],
            "removable_exceptions": [grant.id for grant in outcome.removable],
            "stale_facts": [
                {"fact": fact.what, "age_days": fact.age, "limit_days": fact.limit} for fact in outcome.stale
            ],
        },
    )


def asked_fields(judges: Judges) -> dict[str, Any]:
    """Return who was asked, under which law."""
    return {
        "law": {"sha256": judges.law.digest, "newest": _day(judges.law.newest)},
        "packs": [{"name": pack.name, "version": pack.version, "rules": pack.rules} for pack in judges.packs],
        "rules_asked": len(judges.rules),
    }


def approval_fields(one: Standing, law: Law) -> dict[str, Any]:
    """Return a gateway that is approved, and the approval in force: which file, by whose key, until which day."""
    wanted, approval = one.wanted, one.approval
    return {
        "site": wanted.site,
        "gateway": wanted.gateway,
        "bundle": wanted.bundle,
        "images": sorted(wanted.images),
        "file": approval.file if approval else None,
        "sha256": approval.sha256 if approval else None,
        "key": approval.key if approval else None,
        "last_day": one.ends.isoformat() if one.ends else None,
        "ends_soon": one.ends_soon(law),
    }


def place_of(resource: Resource, law: Law) -> dict[str, Any] | None:
    """Return where a resource is: what tells it, its code, its country; None where it has no place of its own.

    ``code`` and ``country`` are null where nobody can tell; ``words`` say why.
    """
    found = locate(resource, law)
    if found.selector == "none":
        return None
    code = None if found.code is UNKNOWN else found.code
    return {"selector": found.selector, "code": code, "country": found.country, "words": found.words}


def _state(outcome: Outcome) -> dict[str, Any]:
    origin = outcome.origin
    return {
        "sha256": outcome.sha256,
        "bytes": outcome.size,
        "sealed_secrets": outcome.encrypted,
        "stack": origin.stack,
        "project": origin.project,
        "engine": origin.engine,
        "written": origin.written.isoformat() if origin.written else None,
        "older_than_law": outcome.is_older_than_law,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def finding_data(finding: Finding) -> dict[str, Any]:
    """Return the finding's own fields; the resource stands above it, the approved places in every message."""
    fields = {name: value for name, value in as_data(finding).items() if name not in told_elsewhere}
    return {**fields, "exception": finding.exception, "message": finding.message}
