"""A rule: who it is, what it asks, and how it words a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from enclave_policies.finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from enclave_policies.law import Law
    from enclave_policies.resource import Resource

Severity = Literal["low", "medium", "high", "critical"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One question about one resource.

    ``id`` never changes or gets a new meaning; ``name`` (kebab-case) is the policy's name in the pack; ``check`` is
    pure. Every rule is mandatory; ``severity`` only sorts reports.
    """

    id: str
    name: str
    title: str
    severity: Severity
    remedy: str
    check: Callable[[Resource, Law], Iterable[Finding]]

    def finding(
        self,
        resource: Resource,
        law: Law,
        problem: str,
        *,
        where: str | None = None,
        country: str | None = None,
        verdict: Verdict = "fail",
    ) -> Finding:
        """Return a finding; ``problem`` continues the sentence that begins with the resource's name."""
        undetermined = "cannot be determined and counts as refused; " if verdict == "undetermined" else ""
        message = (
            f"{self.id} {self.name}: {resource.name} ({resource.type}) {problem}; {undetermined}"
            f"approved: {law.approved}; to do: {self.remedy}"
        )
        return Finding(self.id, self.name, resource.urn, verdict, message, where, country, law.approved, self.remedy)
