"""A rule: who it is, what it asks, and how it words a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from enclave_policies.finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from enclave_policies.reading import Reading
    from enclave_policies.stack import Stack

Severity = Literal["low", "medium", "high", "critical"]


@dataclass(frozen=True, slots=True)
class _Question:
    """One question about one resource.

    ``id`` never changes or gets a new meaning; ``name`` (kebab-case) is the policy's name in the pack. Every rule is
    mandatory; ``severity`` only sorts reports. ``roles``: the rule is asked only where one of them is mentioned (see
    reading.Reading), None: always. ``package``: of that package's types alone (``aws``), None: of all.
    """

    id: str
    name: str
    title: str
    severity: Severity
    remedy: str

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
        message = (
            f"{self.id} {self.name}: {resource.name} ({resource.type}) {problem}; {undetermined}"
            f"approved: {approved}; to do: {self.remedy}"
        )
        return Finding(
            self.id, self.name, resource.urn, verdict, message, where, country, approved, self.remedy, problem=problem
        )


@dataclass(frozen=True, slots=True)
class Rule(_Question):
    """A question that one resource answers by itself: asked before the resource is created; ``check`` is pure."""

    check: Callable[[Reading], Iterable[Finding]]
    roles: frozenset[str] | None = None
    package: str | None = None


@dataclass(frozen=True, slots=True)
class StackRule(_Question):
    """A question that only the whole stack answers: asked when every resource is planned; ``check`` is pure."""

    check: Callable[[Reading, Stack], Iterable[Finding]]
    roles: frozenset[str] | None = None
    package: str | None = None
