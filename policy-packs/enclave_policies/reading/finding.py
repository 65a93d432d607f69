"""What a rule has to say about a resource: data, and the one sentence that is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

from located_yaml import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

Verdict = Literal["fail", "undetermined", "waived"]
"""``fail``: outside what is approved. ``undetermined``: nobody can tell, which counts as a failure. ``waived``: one of
both, and an exception of the law covers it for now."""
UNDETERMINED: Final = "cannot be determined and counts as refused"


@dataclass(frozen=True, slots=True)
class Subject:
    """The resource that a finding is about."""

    urn: str
    type: str
    name: str


class SaysWhere(Protocol):
    """What a finding keeps of a claim, which also has a value that may hold a secret."""

    @property
    def kind(self) -> str:
        """What the value is: a host, a region, a bucket."""

    @property
    def path(self) -> str:
        """Where it stands: dotted, as in ``placement.availabilityZone``."""

    @property
    def effect(self) -> str:
        """What the input does with it: copies there, asks of it, names it only."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claim that a finding is about, without its value."""

    kind: str
    path: str
    effect: str


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
    waiver: Waiver | None = None

    @property
    def urn(self) -> str:
        """The resource's URN."""
        return self.subject.urn

    @property
    def refuses(self) -> bool:
        """Whether the resource may not be created."""
        return self.verdict != "waived"

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
    """Return the one sentence of a finding, in this order: rule, problem, verdict, places, remedy, exception.

    The engine shows it as it is, so nothing in it may act on a terminal.
    """
    return visible(f"{finding.rule} {finding.name}: {'; '.join((problem, *_rest(finding, approved)))}")


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
