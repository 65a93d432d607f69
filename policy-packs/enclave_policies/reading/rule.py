"""A rule: who it is, what it asks, and how it words a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from enclave_policies.identifiers.shown import revealed, without_credentials
from enclave_policies.reading.advice import remedy_for
from enclave_policies.reading.deciding import deciding
from enclave_policies.reading.finding import Claimed, Finding, Step, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Verdict
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack
    from enclave_policies.resources.claim import Claim

Severity = Literal["low", "medium", "high", "critical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One question about one resource.

    ``id`` never changes or gets a new meaning; ``name`` (kebab-case) is the policy's name in the pack. Every rule is
    mandatory; ``severity`` only sorts reports. ``roles``: the rule is asked only where one of them is mentioned (see
    reading.Reading), None: always. ``package``: of that package alone (``aws``). ``types``: of these alone, None: of
    all. ``concerns``: whether it has anything to ask of a type under a law, None: it has. ``placing``: a refusal says
    which places are approved.
    """

    id: str
    name: str
    title: str
    severity: Severity
    remedy: str
    roles: frozenset[str] | None = None
    package: str | None = None
    types: frozenset[str] | None = None
    concerns: Callable[[str, Law], bool] | None = None
    placing: bool = True

    def finding(
        self,
        reading: Reading,
        problem: str,
        *,
        where: str | None = None,
        country: str | None = None,
        verdict: Verdict = "fail",
        claim: Claim | Claimed | None = None,
        at: str | None = None,
        steps: Iterable[Step] = (),
        remedy: str | None = None,
        host: str | None = None,
    ) -> Finding:
        """Return a finding; ``problem`` goes on where a sentence begins with the resource's name.

        Credentials are taken out of the problem, the place and the claim's path, whoever put them there.
        ``claim`` is what of the inputs it is about; ``at``: the path of the input that decides, given or not, where
        the rule has no claim of it. ``steps``: the path that several resources open together. ``remedy`` is what to do
        here where that is more than the rule's own, ``host`` the AWS host that names the place, which may have a twin
        in an approved region.
        """
        resource = reading.resource
        if claim is None and at:
            claim = deciding(reading, at)
        return Finding(
            rule=self.id,
            name=self.name,
            subject=Subject(resource.urn, resource.type, resource.name),
            verdict=verdict,
            problem=without_credentials(problem),
            remedy=remedy or remedy_for(reading, self.remedy, where, host),
            where=where and revealed(where),
            country=country,
            approved=reading.law.approved if self.placing else None,
            claim=_claimed(claim) if claim else None,
            steps=tuple(map(_step, steps)),
        )


def _claimed(claim: Claim | Claimed) -> Claimed:
    value = claim.value if claim.kind == "setting" else None  # any other may hold a secret
    return Claimed(claim.kind, without_credentials(claim.path), claim.effect, claim.given, value)


def _step(step: Step) -> Step:
    clean = without_credentials
    return Step(clean(step.source), clean(step.target), step.ports, tuple(map(clean, step.rules)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(_Question):
    """A question that one resource answers by itself: asked before the resource is created; ``check`` is pure."""

    check: Callable[[Reading], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRule(_Question):
    """A question that only the whole stack answers: asked when every resource is planned; ``check`` is pure.

    ``kept``: what it works out of the stack is asked for again after the verdict, so the stack should keep it.
    """

    check: Callable[[Reading, Stack], Iterable[Finding]]
    kept: bool = False


Question = Rule | StackRule
