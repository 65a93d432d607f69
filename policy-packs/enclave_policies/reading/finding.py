"""What a rule has to say about a resource."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["fail", "undetermined", "waived"]
"""``fail``: outside what is approved. ``undetermined``: nobody can tell, which counts as a failure. ``waived``: one of
both, and an exception of the law covers it for now."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One refusal: which rule, which resource, where it would be, what is approved and what to do.

    ``rule`` is the stable id (JUR-001), ``name`` the policy's name in the pack, ``country`` an ISO 3166-1 alpha-2 code
    or None, ``message`` one line with everything. Values of properties other than places never appear in it.
    ``exception`` is the id of the exception that waives it, ``problem`` the message without its frame.
    """

    rule: str
    name: str
    urn: str
    verdict: Verdict
    message: str
    where: str | None
    country: str | None
    approved: str
    remedy: str
    exception: str | None = None
    problem: str = ""

    @property
    def refuses(self) -> bool:
        """Whether the resource may not be created."""
        return self.verdict != "waived"
