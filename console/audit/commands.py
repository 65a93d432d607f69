"""`enclave audit`: the pack's own rules over an exported state, in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console import terminal
from console.audit.document import outcome_document
from console.audit.judges import judges
from console.audit.outcome import conclude
from console.audit.state import exported
from console.audit.text import text_lines
from console.collector import without_collector
from console.document import problems_document
from console.exit_codes import REFUSED
from console.progress import Progress
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from enclave_policies.reading.stack import Stack

    from console.audit.judges import Judges
    from console.audit.outcome import Outcome


def audit(
    export: Path,
    *,
    as_of: date | None,
    json: bool,
    strict: bool,
    only_pack: Path | None,
    approvals: Path | None = None,
) -> int:
    """Judge an exported state, print the outcome and return the exit code: 0 only when everything is clean.

    Raises ProblemsError when the export or the law cannot be read; with ``json`` a document says so first.
    """
    try:
        with without_collector():
            outcome = outcome_of(export, judges(only_pack, as_of, approvals), strict=strict)
            if json:
                terminal.document(outcome_document(outcome))
            else:
                terminal.out(text_lines(str(export), outcome))
    except ProblemsError as error:
        if json:
            terminal.document(problems_document("audit", [str(problem) for problem in error.problems]))
        raise
    return 0 if outcome.verdict == "clean" else REFUSED


def outcome_of(export: Path, asked: Judges, *, strict: bool) -> Outcome:
    """Return what the rules of the judges find."""
    return outcome_and_stack(export, asked, strict=strict)[0]


def outcome_and_stack(export: Path, asked: Judges, *, strict: bool) -> tuple[Outcome, Stack]:
    """Return what the rules of the judges find, and the stack as they read it."""
    with Progress.of_a_file(_size(export)) as progress:
        progress.say(f"reading {export} …")
        state = exported(export)
        stack = asked.stack(progress.count(state.resources, "judging"))
        findings = asked.findings_of(stack)
        progress.say("writing …")
        return conclude(state, findings, asked, strict=strict), stack


def _size(export: Path) -> int:
    try:
        return export.stat().st_size
    except OSError:
        return 0
