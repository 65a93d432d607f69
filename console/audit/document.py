"""An audit's outcome as one deterministic JSON document: the same file, law and day give the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from enclave_policies.judging.side_channel import as_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclave_policies.reading.finding import Finding

    from console.audit.outcome import Outcome

schema_version = 2
told_elsewhere = ("subject", "approved", "waiver")


def outcome_document(outcome: Outcome) -> str:
    """Return the document of a file that was judged."""
    return _text(
        {
            "schema_version": schema_version,
            "verdict": outcome.verdict,
            "as_of": outcome.day.isoformat(),
            "strict": outcome.strict,
            "law": {"sha256": outcome.law.digest},
            "packs": [
                {"name": pack.name, "version": pack.version, "rules": pack.rules} for pack in outcome.judges.packs
            ],
            "rules_asked": len(outcome.judges.rules),
            "partial": bool(outcome.left_out),
            "packs_left_out": list(outcome.left_out),
            "file": {"sha256": outcome.sha256, "bytes": outcome.size, "encrypted_secrets": outcome.encrypted},
            "summary": dict(outcome.counts),
            "resources": [
                {
                    "urn": resource.urn,
                    "type": resource.type,
                    "verdict": resource.verdict,
                    "findings": [_finding(finding) for finding in resource.findings],
                }
                for resource in outcome.resources
            ],
            "unfinished": [{"urn": one.urn, "what": one.what} for one in outcome.unfinished],
            "removable_exceptions": [grant.id for grant in outcome.removable],
            "stale_facts": [
                {"fact": fact.what, "age_days": fact.age, "limit_days": fact.limit} for fact in outcome.stale
            ],
        }
    )


def problems_document(problems: Sequence[str]) -> str:
    """Return the document of a command that broke off: nothing was judged."""
    return _text({"schema_version": schema_version, "verdict": "undetermined", "problems": list(problems)})


def _finding(finding: Finding) -> dict[str, Any]:
    """Return the finding's own fields; the resource stands above it, the approved places in every message."""
    fields = {name: value for name, value in as_data(finding).items() if name not in told_elsewhere}
    return {**fields, "exception": finding.exception, "message": finding.message}


def _text(document: dict[str, Any]) -> str:
    # ASCII: names come from the file, and may hold what no terminal or encoding takes
    return json.dumps(document, ensure_ascii=True, indent=1)
