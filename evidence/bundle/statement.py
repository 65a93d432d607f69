"""What is signed of a bundle: an in-toto statement over every file, with the verdict as SLSA's verification summary.

Sources: in-toto Attestation Framework, Statement v1; SLSA v1.1, Verification Summary Attestation (VSA) v1.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evidence.record.model import Record

STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://slsa.dev/verification_summary/v1"
KIND: Final = "application/vnd.in-toto+json"
PASSED: Final = "PASSED"
FAILED: Final = "FAILED"


class StatementError(ValueError):
    """No statement of a bundle; the text says why."""


def statement_of(record: Record, files: Mapping[str, bytes], renderer: str) -> bytes:
    """Return the statement over a record's files (name → content); ``renderer`` is the digest of what made them."""
    run = record.run
    policies = [{"uri": f"pack:{pack.name}@{pack.version}", "digest": {"sha256": pack.sha256}} for pack in record.packs]
    plain = {
        "_type": STATEMENT,
        "subject": [
            {"name": name, "digest": {"sha256": hashlib.sha256(content).hexdigest()}}
            for name, content in sorted(files.items())
        ],
        "predicateType": PREDICATE,
        "predicate": {
            "verifier": {"id": f"pkg:generic/{record.tool.replace(' ', '@')}"},
            "timeVerified": run.moment,
            "resourceUri": f"pulumi:{run.project}/{run.stack}",
            "policy": {"uri": "law", "digest": {"sha256": law_of(record)}},
            "inputAttestations": [
                {"uri": f"{each.role}:{each.name}", "digest": {"sha256": each.sha256}} for each in record.inputs
            ],
            "verificationResult": PASSED if run.outcome == "clean" else FAILED,
            "verifiedLevels": [],
            "slsaVersion": "1.1",
            "enclave": {
                "outcome": run.outcome,
                "asOf": run.as_of,
                "command": run.command,
                "phase": run.phase,
                "commit": run.commit,
                "changed": bool(run.changed),
                "packs": policies,
                "renderer": renderer,
            },
        },
    }
    return json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


def law_of(record: Record) -> str:
    """Return the digest of the law that a run was judged under."""
    return next((each.sha256 for each in record.inputs if each.role == "law"), "")


def read_statement(payload: bytes) -> dict[str, Any]:
    """Return a statement's fields. Raises StatementError."""
    try:
        plain: Any = json.loads(payload)
        digests = {each["name"]: each["digest"]["sha256"] for each in plain["subject"]}
        whole = plain["_type"] == STATEMENT and plain["predicateType"] == PREDICATE and bool(plain["predicate"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise StatementError("what is signed is no statement about a bundle") from None
    if not whole or len(digests) != len(plain["subject"]):
        raise StatementError("what is signed is no statement about a bundle")
    return {**plain, "digests": digests}


def renderer_of(statement: Mapping[str, Any]) -> str:
    """Return the digest of what rendered a bundle's files, "" where the statement does not say."""
    predicate = statement["predicate"]
    told = predicate.get("enclave") if isinstance(predicate, dict) else None
    return str(told.get("renderer", "")) if isinstance(told, dict) else ""
