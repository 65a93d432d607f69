"""`enclave audit`: the pack's own rules over an exported state, in one process."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from console import terminal
from console.audit.document import outcome_document
from console.audit.judges import judges
from console.audit.outcome import conclude
from console.audit.state import exported
from console.audit.text import text_lines
from console.document import problems_document
from console.exit_codes import REFUSED
from console.progress import Progress
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from console.audit.outcome import Outcome


def audit(export: Path, *, as_of: date | None, json: bool, strict: bool, only_pack: Path | None) -> int:
    """Judge an exported state, print the outcome and return the exit code: 0 only when everything is clean.

    Raises ProblemsError when the export or the law cannot be read; with ``json`` a document says so first.
    """
    try:
        with without_collector():
            outcome = outcome_of(export, only_pack, as_of=as_of, strict=strict)
            if json:
                terminal.document(outcome_document(outcome))
            else:
                terminal.out(text_lines(str(export), outcome))
    except ProblemsError as error:
        if json:
            terminal.document(problems_document("audit", [str(problem) for problem in error.problems]))
        raise
    return 0 if outcome.verdict == "clean" else REFUSED


def outcome_of(export: Path, only_pack: Path | None, *, as_of: date | None, strict: bool) -> Outcome:
    """Return what the rules of every pack find under the shipped law; of ``only_pack`` alone, where one is named."""
    asked = judges(only_pack, as_of)
    with Progress.of_a_file(_size(export)) as progress:
        progress.say(f"reading {export} …")
        state = exported(export)
        findings = asked.findings(progress.count(state.resources, "judging"))
        progress.say("writing …")
        return conclude(state, findings, asked, strict=strict)


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep Python's cycle collector out: it would walk the whole state again and again, and finds no cycles there."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _size(export: Path) -> int:
    try:
        return export.stat().st_size
    except OSError:
        return 0
