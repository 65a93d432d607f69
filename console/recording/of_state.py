"""The record of an audit: an exported state, judged here and now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.audit.commands import outcome_and_stack
from console.audit.judges import judges
from console.collector import without_collector
from console.recording.judged import finding
from console.recording.making import Judgement, record_of, run_of
from evidence.record.model import Input, NotChecked

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from enclave_policies.reading.stack import Stack

    from console.audit.outcome import Outcome
    from evidence.record.model import Record


WORDS: Final = {"failed": "refused", "undetermined": "undetermined", "unfinished": "unfinished"}
"""What an audit's counts say of resources, in the words of the page."""


def state_record(stack: str, export: Path, as_of: date | None) -> Record:
    """Return the record of an audit of a state. Raises ProblemsError where it cannot be read."""
    with without_collector():
        outcome, read = outcome_and_stack(export, judges(None, as_of), strict=False)
        return audit_record(stack, outcome, read)


def audit_record(stack: str, outcome: Outcome, read: Stack | None = None) -> Record:
    """Return the record of an audit that was made; ``read`` is the stack as its rules read it, where it is at hand."""
    exit_code = 0 if outcome.verdict == "clean" else 1
    counts = outcome.counts
    bad = [(counts[name], word) for name, word in WORDS.items() if counts[name]]
    reasons = tuple(f"{count} resource{'s' if count > 1 else ''} {word}" for count, word in bad) if exit_code else ()
    run = run_of(
        "audit",
        "state",
        stack,
        outcome.verdict,
        outcome.law,
        reasons=reasons,
        exit_code=exit_code,
        strict=outcome.strict,
    )
    return record_of(
        Judgement(
            run,
            outcome.law,
            [one.resource for one in outcome.resources],
            {one.urn: tuple(map(finding, one.findings)) for one in outcome.resources if one.findings},
            inputs=[Input(role="state", name="the exported state", sha256=outcome.sha256)],
            read=read,
            unchecked=[NotChecked(what=one.urn, kind="unfinished", reason=one.what) for one in outcome.unfinished],
        )
    )
