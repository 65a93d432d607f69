"""Previews the stacks that a change may alter, audits what stands where the law changes, and says what it could not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from enclave_policies.law.folder import load_law

from console import terminal
from console.audit.judges import judges
from console.audit.outcome import conclude
from console.audit.state import state_of
from console.audit.text import text_lines
from console.ci.changes import changed_since
from console.ci.needs import Need, needs_of
from console.ci.report import annotation, ended, not_judged, worst
from console.ci.results import Piece, Results
from console.ci.surroundings import homes_of, missing
from console.ci.work import Work, work_for
from console.collector import without_collector
from console.exit_codes import BAD_INPUT, FAILED, GOOD, REFUSED
from console.gate.commands import preview, refused_beforehand
from console.gate.new_stack import refuse_missing
from console.gate.stack import declared, declared_stacks, engine_for, project, refuse_beside
from console.gate.stacks import stacks
from console.gate.state_home import refused_homes
from console.main import ending
from console.recording.of_gate import Records
from console.recording.of_state import audit_record
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from enclave_policies.resources.export import Export

    from console.ci.bundles import Bundles
    from evidence.record.model import Record


def judge_change(base: str, environment: Mapping[str, str], bundles: Bundles) -> Results:
    """Do what the change since a commit calls for; return what it came to."""
    changed = changed_since(base, project)
    work = work_for(changed, declared_stacks(), real_stacks())
    if changed is None:
        terminal.out([f"git knows no commit '{base}' to compare with, so everything counts as changed"])
    if not work:
        terminal.out(["nothing to preview or audit: the change reaches no stack outside the sandbox"])
        return Results()
    run = Run(bundles, github=environment.get("GITHUB_ACTIONS") == "true")
    undone = dict(_lacking(work))
    for stack in work.stacks:
        _stack(run, stack, work, without=frozenset(undone))
    if work.undeclared and None not in undone:
        run.tried("stacks that are not declared", stacks)
    sentence, code = _left(work, undone, fork=environment.get("FROM_FORK") == "true")
    return run.results(sentence, code)


@dataclass
class Run:
    """What has been done so far; each piece is tried whatever became of the others."""

    bundles: Bundles
    github: bool = False
    pieces: list[Piece] = field(default_factory=list)

    def tried(self, what: str, step: Callable[[], int], texts: Callable[[], tuple[str, ...]] = tuple) -> int:
        """Do a piece of work, and say how it ended; ``texts`` leaves what people read of it."""
        terminal.out([f"{what} …"])
        written: tuple[str, ...] = ()
        try:
            code = step()
            written = texts()
        except Exception as error:  # noqa: BLE001  the other stacks are judged all the same
            code, lines = ending(error)
            terminal.err(*lines)
        terminal.out([ended(what, code)])
        self.pieces.append(Piece(what, code, written))
        return code

    def recorded(self, what: str, step: Callable[[Records], int], name: str) -> int:
        """Do a piece of work that leaves a record, and its bundle of this name."""
        kept = Records()
        code = self.tried(what, lambda: step(kept), lambda: self.bundles.leave(kept.last, name))
        if self.github:
            terminal.out(self.bundles.annotations(name))
        return code

    def results(self, undone: str, code: int) -> Results:
        """Say what was not judged, for want of what (empty: nothing), and return what all came to."""
        if undone:
            terminal.out([annotation(undone) if self.github else undone])
        return Results(tuple(self.pieces), worst([*(piece.code for piece in self.pieces), code]), undone)


def real_stacks() -> list[str]:
    """Return the stacks outside the sandbox; one whose declaration cannot be read is among them, and told."""
    return [stack for stack in declared_stacks() if not _in_sandbox(stack)]


def _in_sandbox(stack: str) -> bool:
    try:
        return declared(stack).sandbox
    except ProblemsError:
        return False


def lacking_for(stack: str, *, clouds: bool) -> tuple[Need, ...]:
    """Return the secrets that are missing for work with a stack; ``clouds``: its sites are asked, too.

    Raises ProblemsError where its declaration cannot be read.
    """
    sites = declared(stack).sites.values() if clouds else ()
    homes = homes_of(stack)
    in_aws = any(site.kind == "aws" and site.provisioned for site in sites)
    return missing(needs_of(homes, aws_sites=in_aws), homes)


def _lacking(work: Work) -> Iterator[tuple[str | None, tuple[Need, ...]]]:
    """Yield each stack whose secrets are missing, with them; None stands for the backend as a whole."""
    for stack in work.stacks:
        try:
            found = lacking_for(stack, clouds=stack in work.preview)
        except ProblemsError:  # the attempt tells
            continue
        if found:
            yield stack, found
    if work.undeclared:
        homes = homes_of(None)
        if found := missing(needs_of(homes, secrets=False), homes):
            yield None, found


def _stack(run: Run, stack: str, work: Work, without: frozenset[str | None]) -> None:
    """Judge what the declaration alone tells, which needs no secrets; then plan, and audit what stands."""
    code = run.recorded(f"declaration of {stack}", lambda kept: _declaration(stack, kept), f"{stack}/declaration")
    if stack in without:
        return
    if stack in work.preview and code == GOOD:
        what = f"preview of {stack}"
        run.recorded(what, lambda kept: preview(stack, [], kept, json=False), f"{stack}/preview")
    if stack in work.audit and code in (GOOD, REFUSED):
        what = f"audit of the stored state of {stack}"
        run.recorded(what, lambda kept: audit_stored(stack, kept), f"{stack}/audit")


def _declaration(stack: str, kept: Records) -> int:
    refuse_beside(stack)
    return REFUSED if refused_beforehand("preview", stack, declared(stack), kept, json=False) else GOOD


def audit_stored(stack: str, kept: Records) -> int:
    """Judge what a stack holds, and where that is kept, under the law as it is now; return the exit code.

    A stack that is there and holds nothing is good. Raises ProblemsError, EngineError.
    """
    engine = engine_for(stack, declared(stack), [])
    if abroad := refused_homes(engine.project, stack, engine.environment, load_law()):
        raise ProblemsError(abroad)
    refuse_missing(engine)
    return audited(stack, state_of(stack), "the stored state", kept.remember)


def audited(stack: str, state: Export, called: str, remember: Callable[[Record], None]) -> int:
    """Judge a state, show the outcome and record it; return the exit code. One that holds nothing is good."""
    if not (state.resources or state.unfinished):
        terminal.out([f"{called} of {stack} holds no resource: nothing stands"])
        return GOOD
    asked = judges(None, None)
    with without_collector():
        outcome = conclude(state, asked.findings(state.resources), asked, strict=False)
        remember(audit_record(stack, outcome))
    terminal.out(text_lines(f"{called} of {stack}", outcome))
    return GOOD if outcome.verdict == "clean" else REFUSED


def _left(work: Work, undone: Mapping[str | None, Sequence[Need]], *, fork: bool) -> tuple[str, int]:
    """Return one sentence on what was not done for want of secrets, and its code; that is never green."""
    if not undone:
        return "", GOOD
    left = Work(
        tuple(stack for stack in work.preview if stack in undone),
        tuple(stack for stack in work.audit if stack in undone),
        undeclared=None in undone,
    )
    needs = [need for need in Need if any(need in each for each in undone.values())]
    return not_judged(left, needs, fork=fork), FAILED if fork else BAD_INPUT
