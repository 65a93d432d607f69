"""A rule: who it is, what it asks, and how it words a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from enclave_policies.reading.finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

Severity = Literal["low", "medium", "high", "critical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One question about one resource.

    ``id`` never changes or gets a new meaning; ``name`` (kebab-case) is the policy's name in the pack. Every rule is
    mandatory; ``severity`` only sorts reports. ``roles``: the rule is asked only where one of them is mentioned (see
    reading.Reading), None: always. ``package``: of that package's types alone (``aws``), None: of all. ``placing``: a
    refusal says which places are approved.
    """

    id: str
    name: str
    title: str
    severity: Severity
    remedy: str
    roles: frozenset[str] | None = None
    package: str | None = None
    placing: bool = True

    def finding(
        self,
        reading: Reading,
        problem: str,
        *,
        where: str | None = None,
        country: str | None = None,
        verdict: Verdict = "fail",
    ) -> Finding:
        """Return a finding; ``problem`` continues the sentence that begins with the resource's name."""
        resource, approved = reading.resource, reading.law.approved
        undetermined = "cannot be determined and counts as refused; " if verdict == "undetermined" else ""
        places = f"approved: {approved}; " if self.placing else ""
        message = (
            f"{self.id} {self.name}: {resource.name} ({resource.type}) {problem}; {undetermined}{places}"
            f"to do: {self.remedy}"
        )
        return Finding(
            self.id, self.name, resource.urn, verdict, message, where, country, approved, self.remedy, problem=problem
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(_Question):
    """A question that one resource answers by itself: asked before the resource is created; ``check`` is pure."""

    check: Callable[[Reading], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRule(_Question):
    """A question that only the whole stack answers: asked when every resource is planned; ``check`` is pure."""

    check: Callable[[Reading, Stack], Iterable[Finding]]
