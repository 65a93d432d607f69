"""`enclave audit`: the pack's own rules over an exported state, in one process."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY, PACKS
from enclave_policies.resources.export import read_export

from console.audit.document import outcome_document, problems_document
from console.audit.outcome import conclude
from console.audit.progress import Progress
from console.audit.text import text_lines
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from enclave_policies.judging.packs import Pack

    from console.audit.outcome import Outcome

refused = 1


def audit(export: Path, *, as_of: date | None, json: bool, strict: bool, policy_pack: Path | None) -> int:
    """Judge an exported state, print the outcome and return the exit code: 0 only when everything is clean.

    Raises ProblemsError when the export or the law cannot be read; with ``json`` a document says so first.
    """
    try:
        with without_collector():
            outcome = outcome_of(export, policy_pack, as_of=as_of, strict=strict)
            show([outcome_document(outcome)] if json else text_lines(str(export), outcome))
    except ProblemsError as error:
        if json:
            show([problems_document(error)])
        raise
    return 0 if outcome.verdict == "clean" else refused


def outcome_of(export: Path, policy_pack: Path | None, *, as_of: date | None, strict: bool) -> Outcome:
    """Return what the rules of every pack find under the shipped law; of ``policy_pack`` alone, where one is named."""
    pack = pack_in(policy_pack) if policy_pack else EVERY
    law = pack.load(policy_pack, as_of)
    with Progress(_size(export)) as progress:
        progress.say(f"reading {export} …")
        state = read_export(export)
        findings = judge_stack(progress.count(state.resources, "judging"), law, pack.rules)
        progress.say("writing …")
        return conclude(state, findings, law, strict=strict)


def pack_in(folder: Path) -> Pack:
    """Return the pack in a folder, which promises exactly the rules of a known one; ProblemsError for any other."""
    from enclave_policies.judging.promise import promise_of, read_promise  # noqa: PLC0415  the shipped packs are in order
    from enclave_policies.law.folder.manifest import FILE  # noqa: PLC0415

    from located_yaml import Position, Problem  # noqa: PLC0415

    promised = read_promise(folder)
    differing = {
        name: sorted((promised.each ^ known.each) | (promised.whole ^ known.whole))
        for name, known in ((name, promise_of(pack.rules)) for name, pack in PACKS.items())
    }
    nearest = min(differing, key=lambda name: len(differing[name]))
    if differing[nearest]:
        message = (
            f"the rules of this pack and those of '{nearest}' differ in {', '.join(differing[nearest])}; "
            "make them the same"
        )
        raise ProblemsError([Problem(Position(str(folder / FILE), 1, 1), message)])
    return PACKS[nearest]


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


def show(lines: Iterable[str]) -> None:
    """Print lines to stdout; what its encoding does not know is shown escaped, a reader that has gone is no fault."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        for line in lines:
            sys.stdout.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _size(export: Path) -> int:
    try:
        return export.stat().st_size
    except OSError:
        return 0
