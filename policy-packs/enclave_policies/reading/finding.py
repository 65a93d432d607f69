"""What a rule has to say about a resource: data, and the one sentence that is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final, Literal

from located_yaml import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from enclave_policies.resources.claim import Effect, Given

Verdict = Literal["fail", "undetermined", "waived", "warned"]
"""``fail``: outside what is approved. ``undetermined``: nobody can tell, which counts as a failure. ``waived``: one of
both, and an exception of the law covers it for now. ``warned``: as it should be today, and refused on a day that is
near."""
LETTING: Final = frozenset({"waived", "warned"})
"""Verdicts with which a resource may be created."""
UNDETERMINED: Final = "cannot be determined and counts as refused"


@dataclass(frozen=True, slots=True)
class Subject:
    """The resource that a finding is about."""

    urn: str
    type: str
    name: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claim that a finding is about: what of the inputs decides it (see resources.claim.Claim).

    ``path`` is dotted, as in ``placement.availabilityZone``; what a text says adds, after a space, the place inside it.
    Where ``given`` is ``defaulted``, nothing stands there, and that decides. ``value`` is kept where it is a truth
    value or a number; any other may hold a secret.
    """

    kind: str
    path: str
    effect: Effect
    given: Given = "given"
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One direct connection of a path that a finding is about; ``rules``: each resource and its rule that opens it.

    ``ports`` is empty where it is about all of them, or nobody can tell which.
    """

    source: str
    target: str
    ports: str = ""
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiver:
    """The exception of the law that covers a finding, or covered it until it ran out."""

    id: str
    owner: str
    approver: str
    granted: date
    expires: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One refusal: which rule, which resource, what is wrong, what is approved and what to do.

    ``rule`` is the stable id (JUR-001), ``name`` the rule's name in the pack. ``problem`` goes on where a sentence
    begins with the resource's name. ``where`` is the code of the place in question (a region, a host), ``country`` an
    ISO 3166-1 alpha-2 code, None where there is none. ``approved`` are the approved places, None where the finding is
    about no place. ``waiver`` holds while ``verdict`` is ``waived``; with any other verdict it has run out. Values of
    properties other than places appear nowhere.
    """

    rule: str
    name: str
    subject: Subject
    verdict: Verdict
    problem: str
    remedy: str
    where: str | None = None
    country: str | None = None
    approved: str | None = None
    claim: Claimed | None = None
    steps: tuple[Step, ...] = ()
    waiver: Waiver | None = None

    @property
    def urn(self) -> str:
        """The resource's URN."""
        return self.subject.urn

    @property
    def refuses(self) -> bool:
        """Whether the resource may not be created."""
        return self.verdict not in LETTING

    @property
    def exception(self) -> str | None:
        """The id of the exception that waives it, None where none does."""
        return self.waiver.id if self.waiver and self.verdict == "waived" else None

    @property
    def message(self) -> str:
        """The finding as one line."""
        subject = self.subject
        return sentence(self, f"{subject.name} ({subject.type}) {self.problem}", approved=self.approved)

    @property
    def clause(self) -> str:
        """As ``message``, for a list under the resource's name and beside the approved places."""
        return sentence(self, self.problem, approved=None)


def sentence(finding: Finding, problem: str, *, approved: str | None) -> str:
    """Return the one sentence of a finding, in this order: rule, problem, path, verdict, places, remedy, exception.

    The engine shows it as it is, so nothing in it may act on a terminal.
    """
    told = f"{problem}: {''.join(_path(finding.steps))}" if finding.steps else problem
    return visible(f"{finding.rule} {finding.name}: {'; '.join((told, *_rest(finding, approved)))}")


def _path(steps: Sequence[Step]) -> Iterator[str]:
    """Yield steps in words; those that differ in where they lead are told at once."""
    groups = [list(same) for _, same in groupby(steps, key=lambda one: (one.source, one.ports, one.rules))]
    for before, here in pairwise(([], *groups)):
        if before:
            yield "; then " if before[-1].target == here[0].source else "; "
        one = here[0]
        yield f"{one.source} -> {', '.join(step.target for step in here)}"
        yield f" on {one.ports}" if one.ports else ""
        yield f" by {', '.join(one.rules)}" if one.rules else ""


def _rest(finding: Finding, approved: str | None) -> Iterator[str]:
    waiver, waived = finding.waiver, finding.verdict == "waived"
    if finding.verdict == "undetermined":
        yield UNDETERMINED
    if approved is not None:
        yield f"approved: {approved}"
    yield f"to do: {finding.remedy}"
    if waiver is None:
        return
    if waived:
        who = f"owner {waiver.owner}, approver {waiver.approver}"
        yield f"waived until {waiver.expires} by exception {waiver.id} ({who})"
    else:
        yield f"exception {waiver.id} covered it from {waiver.granted} until {waiver.expires} only"
