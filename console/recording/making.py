"""Makes the record of a run: of an audited state, of what the engine planned or did, of a refusal before it started."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.judging.judge import try_read
from enclave_policies.judging.packs import EVERY, PACKS
from enclave_policies.reading.stack import Stack

import located_yaml
from components.declaration import load_declaration
from console.document import TOOL
from console.gate.packs import promises
from console.inspect.source import origin_of
from console.recording import declared, proved, run_facts
from console.recording.judged import Profiles, judged, placed, rule_facts
from console.recording.marked import Marked
from console.recording.replicas import replicas
from console.recording.transfers import transfers
from console.recording.transitions import transitions
from console.recording.waves import waves
from evidence.record.model import (
    Contact,
    Enclave,
    Finding,
    Input,
    NotChecked,
    Permission,
    Record,
    Run,
)
from evidence.record.sums import summary_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enclave_policies.law import Law
    from enclave_policies.reading.rule import Question
    from enclave_policies.resources.resource import Resource

    from components.declaration import Declaration
    from evidence.record.model import Judged
    from located_yaml import Document

PROJECT: Final = Path(__file__).resolve().parents[2]
SANDBOX: Final = "ENCLAVE_SANDBOX"


@dataclass(frozen=True)
class Judgement:
    """One run as its command knows it, whichever command it was.

    ``steps``: what the engine did or would do, by URN. ``ran``: (pack, name) of the rules that ran on each URN,
    None where they were asked in this process. ``unchecked`` is what nobody judged, beside resources; ``more`` are
    findings on no resource. ``read`` is the stack as its rules read it, where it is at hand. ``other_packs`` are
    somebody's own.
    """

    run: Run
    law: Law
    resources: Sequence[Resource]
    findings: Mapping[str, Sequence[Finding]]
    rules: Mapping[str, Sequence[Question]] = field(default_factory=lambda: {n: p.rules for n, p in PACKS.items()})
    steps: Mapping[str, str] = field(default_factory=dict)
    ran: Mapping[str, frozenset[tuple[str, str]]] | None = None
    unchecked: Sequence[NotChecked] = ()
    inputs: Sequence[Input] = ()
    more: Sequence[Finding] = ()
    read: Stack | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    other_packs: Sequence[Path] = ()


def record_of(one: Judgement) -> Record:
    """Return the record of a run. Raises ProblemsError where the declaration or the law cannot be read any more."""
    law, document, declaration = one.law, *_declaration(one.run.stack)
    in_order = sorted(
        one.resources, key=lambda resource: resource.urn
    )  # the engine's own order differs from run to run
    at_hand = one.read.readings if one.read else {}
    stack = Stack((at_hand.get(resource.urn) or try_read(resource, law) for resource in in_order), one.run.stack)
    marked = Marked(one.resources, document, declaration.sites if declaration else ())
    facts = rule_facts(one.rules, promises(one.other_packs))
    profiles = Profiles([rule for rules in one.rules.values() for rule in rules], facts)
    resources = judged(stack.readings.values(), one.findings, profiles, marked, steps=one.steps, ran=one.ran)
    findings = (*placed(resources, one.findings), *one.more)
    enclave = _enclave(one, declaration, document, stack, resources) if declaration and document else Enclave()
    told = {
        *(site.country for site in enclave.sites),
        *(resource.place.country for resource in resources if resource.place),
        *(finding.country for finding in findings),
        *(country for flow in enclave.flows for country in (flow.source_country, flow.target_country)),
    }
    used = {each.waiver.id for each in findings if each.waiver and each.verdict == "waived"}
    return Record(
        tool=TOOL,
        run=one.run,
        tools=run_facts.tools(one.environment),
        inputs=(*run_facts.inputs(PROJECT, one.run.stack, law), *one.inputs),
        packs=run_facts.packs(one.other_packs),
        rules=facts,
        profiles=profiles.all,
        resources=resources,
        findings=findings,
        not_checked=tuple(
            sorted((*_unjudged(resources), *one.unchecked, *_stale(law)), key=lambda each: (each.kind, each.what))
        ),
        exceptions=tuple(_exceptions(law, used)),
        summary=summary_of(resources, profiles.all),
        enclave=enclave.model_copy(update={"countries": tuple(declared.countries(law, told))}),
    )


def run_of(command: Any, phase: Any, stack: str, outcome: Any, law: Law, **told: Any) -> Run:
    """Return what a record says of a run that ends now."""
    commit, changed = run_facts.commit_of(PROJECT, stack)
    return Run(
        command=command,
        phase=phase,
        stack=stack,
        project="enclave",
        outcome=outcome,
        moment=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        as_of=law.day.isoformat(),
        flags=run_facts.flags(),
        environment=run_facts.environment(),
        commit=commit,
        changed=changed,
        repository=origin_of(PROJECT) if commit else "",
        **told,
    )


@contextmanager
def surroundings(environment: Mapping[str, str], as_of: date | None = None) -> Iterator[Law]:
    """Give this process the sandbox that the packs had, or none, and yield the law they judged by (None: today's).

    The law's overlay and the folders of approvals are found by it.
    """
    own = os.environ.pop(SANDBOX, None)
    try:
        if SANDBOX in environment:
            os.environ[SANDBOX] = environment[SANDBOX]
        yield EVERY.load(None, as_of)
    finally:
        os.environ.pop(SANDBOX, None)
        if own is not None:
            os.environ[SANDBOX] = own


def _declaration(stack: str) -> tuple[Document | None, Declaration | None]:
    file = PROJECT / "stacks" / f"{stack}.yaml"
    if not file.is_file():
        return None, None
    return located_yaml.load(file, shown_as=f"stacks/{stack}.yaml"), load_declaration(file)


def _unjudged(resources: Iterable[Judged]) -> Iterator[NotChecked]:
    for resource in resources:
        if resource.unchecked and resource.verdict == "not-checked":
            reasons = sorted({one.reason for one in resource.unchecked})
            yield NotChecked(what=resource.urn, kind="resource", reason="; ".join(reasons))


def _stale(law: Law) -> Iterator[NotChecked]:
    for fact in sorted(law.stale):
        yield NotChecked(
            what=fact.what, kind="fact", reason=f"nobody has checked it for {fact.age} days, {fact.limit} are the limit"
        )


def _exceptions(law: Law, used: set[str]) -> Iterator[Permission]:
    for grant in law.exceptions:
        yield Permission(
            id=grant.id,
            rules=tuple(sorted(grant.rules)),
            owner=grant.owner,
            approver=grant.approver,
            reason=grant.reason,
            ticket=grant.ticket,
            granted=grant.granted.isoformat(),
            expires=grant.expires.isoformat(),
            days=(grant.expires - law.day).days,
            used=grant.id in used,
        )


def _enclave(
    one: Judgement, declaration: Declaration, document: Document, stack: Stack, resources: Sequence[Judged]
) -> Enclave:
    law = one.law
    flat = [found for each in one.findings.values() for found in each]
    return Enclave(
        name=declaration.enclave,
        subjects=tuple(declaration.subjects),
        classes=tuple(declaration.data_classes),
        sites=tuple(declared.sites(declaration, document, law, resources)),
        segments=tuple(declared.segments(declaration)),
        flows=tuple(declared.flows(declaration, document, law)),
        network=proved.network(one.read or stack, flat),
        decisions=declared.rows(declaration, law).model_copy(update={"tables": tuple(proved.tables(stack, law))}),
        approvals=tuple(proved.approvals(stack, law)),
        gates=tuple(proved.gates(stack, one.run.stack, declaration, law)),
        keys=tuple(declared.keys(declaration)),
        inspector=declared.inspector(declaration),
        contact=Contact(team=declaration.contact.team, email=declaration.contact.email),
        data_classes=tuple(declared.data_classes(declaration)),
        purposes=tuple(declaration.purposes),
        entities=tuple(declared.entities(declaration)),
        transfers=tuple(transfers(declaration, document, law)),
        waves=tuple(waves(one.run.stack, declaration, document, law.day)),
        transitions=tuple(transitions(one.run.stack, law)),
        replicas=tuple(replicas(one.run.stack, declaration, document)),
    )
