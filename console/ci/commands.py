"""Previews the stacks that a change may alter, audits what stands where the law changes, and says what it could not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.law.folder import load_law

from console import terminal
from console.audit.commands import without_collector
from console.audit.judges import judges
from console.audit.outcome import conclude
from console.audit.state import state_of
from console.audit.text import text_lines
from console.ci.changes import changed_since
from console.ci.needs import Need, needs_of
from console.ci.report import annotation, ended, not_judged, worst
from console.ci.surroundings import homes_of, missing
from console.ci.work import Work, work_for
from console.exit_codes import BAD_INPUT, FAILED, GOOD, REFUSED
from console.gate.commands import preview, refused_beforehand
from console.gate.new_stack import refuse_missing
from console.gate.stack import declared, declared_stacks, engine_for, project, refuse_beside
from console.gate.stacks import stacks
from console.gate.state_home import refused_homes
from console.main import ending
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


def judge_change(base: str, environment: Mapping[str, str]) -> int:
    """Do what the change since a commit calls for; return the exit code."""
    changed = changed_since(base, project)
    work = work_for(changed, declared_stacks(), real_stacks())
    if changed is None:
        terminal.out([f"git knows no commit '{base}' to compare with, so everything counts as changed"])
    if not work:
        terminal.out(["nothing to preview or audit: the change reaches no stack outside the sandbox"])
        return GOOD
    undone = dict(_lacking(work))
    codes = [code for stack in work.stacks for code in _stack(stack, work, without=frozenset(undone))]
    if work.undeclared and None not in undone:
        codes.append(_tried("stacks that are not declared", stacks))
    codes.extend(_told(work, undone, environment))
    return worst(codes)


def real_stacks() -> list[str]:
    """Return the stacks outside the sandbox; one whose declaration cannot be read is among them, and told."""
    return [stack for stack in declared_stacks() if not _in_sandbox(stack)]


def _in_sandbox(stack: str) -> bool:
    try:
        return declared(stack).sandbox
    except ProblemsError:
        return False


def _lacking(work: Work) -> Iterator[tuple[str | None, tuple[Need, ...]]]:
    """Yield each stack whose secrets are missing, with them; None stands for the backend as a whole."""
    for stack in work.stacks:
        try:
            sites = declared(stack).sites.values() if stack in work.preview else ()
            homes = homes_of(stack)
        except ProblemsError:  # the attempt tells
            continue
        in_aws = any(site.kind == "aws" and site.provisioned for site in sites)
        if found := missing(needs_of(homes, aws_sites=in_aws), homes):
            yield stack, found
    if work.undeclared:
        homes = homes_of(None)
        if found := missing(needs_of(homes, secrets=False), homes):
            yield None, found


def _stack(stack: str, work: Work, without: frozenset[str | None]) -> Iterator[int]:
    """Judge what the declaration alone tells, which needs no secrets; then plan, and audit what stands."""
    code = _tried(f"declaration of {stack}", lambda: _declaration(stack))
    yield code
    if stack in without:
        return
    if stack in work.preview and code == GOOD:
        yield _tried(f"preview of {stack}", lambda: preview(stack, [], json=False))
    if stack in work.audit and code in (GOOD, REFUSED):
        yield _tried(f"audit of the stored state of {stack}", lambda: audit_stored(stack))


def _declaration(stack: str) -> int:
    refuse_beside(stack)
    return REFUSED if refused_beforehand(stack, declared(stack), json=False) else GOOD


def audit_stored(stack: str) -> int:
    """Judge what a stack holds, and where that is kept, under the law as it is now; return the exit code.

    A stack that is there and holds nothing is good. Raises ProblemsError, EngineError.
    """
    engine = engine_for(stack, declared(stack), [])
    if abroad := refused_homes(engine.project, stack, engine.environment, load_law()):
        raise ProblemsError(abroad)
    refuse_missing(engine)
    state = state_of(stack)
    if not (state.resources or state.unfinished):
        terminal.out([f"the stored state of {stack} holds no resource: nothing stands"])
        return GOOD
    asked = judges(None, None)
    with without_collector():
        outcome = conclude(state, asked.findings(state.resources), asked, strict=False)
    terminal.out(text_lines(f"the stored state of {stack}", outcome))
    return GOOD if outcome.verdict == "clean" else REFUSED


def _tried(what: str, step: Callable[[], int]) -> int:
    terminal.out([f"{what} …"])
    try:
        code = step()
    except Exception as error:  # noqa: BLE001  the other stacks are judged all the same
        code, lines = ending(error)
        terminal.err(*lines)
    terminal.out([ended(what, code)])
    return code


def _told(work: Work, undone: Mapping[str | None, Sequence[Need]], environment: Mapping[str, str]) -> Iterator[int]:
    """Say in one sentence what was not done for want of secrets; that is never green."""
    if not undone:
        return
    left = Work(
        tuple(stack for stack in work.preview if stack in undone),
        tuple(stack for stack in work.audit if stack in undone),
        undeclared=None in undone,
    )
    lacking = [need for need in Need if any(need in each for each in undone.values())]
    fork = environment.get("FROM_FORK") == "true"
    sentence = not_judged(left, lacking, fork=fork)
    terminal.out([annotation(sentence) if environment.get("GITHUB_ACTIONS") == "true" else sentence])
    yield FAILED if fork else BAD_INPUT
