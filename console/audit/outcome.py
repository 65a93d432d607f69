"""What an audit found, as one frozen record that every rendering reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from enclave_policies.access.inspected import inspected_in
from enclave_policies.judging.packs import PACKS
from enclave_policies.judging.waivers import expired, unused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from enclave_policies.access.inspected import Standing
    from enclave_policies.law import Law
    from enclave_policies.law.facts import StaleFact
    from enclave_policies.law.instruments import ExceptionGrant
    from enclave_policies.reading.finding import Finding
    from enclave_policies.resources.export import Export, Origin
    from enclave_policies.resources.export_pending import Unfinished
    from enclave_policies.resources.resource import Resource

    from console.audit.judges import Judges

ResourceVerdict = Literal["pass", "fail", "undetermined", "waived", "warned"]
Verdict = Literal["clean", "refused", "undetermined"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One resource with everything that the rules found; no finding means that it passed."""

    urn: str
    type: str
    findings: tuple[Finding, ...]
    resource: Resource = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The resource's own name."""
        return self.urn.rpartition("::")[2]

    @property
    def verdict(self) -> ResourceVerdict:
        """The gravest of the findings' verdicts."""
        verdicts = {finding.verdict for finding in self.findings}
        for verdict in ("fail", "undetermined", "waived", "warned"):
            if verdict in verdicts:
                return verdict
        return "pass"


@dataclass(frozen=True)
class Outcome:
    """One audit: of which file, under which law, on which day, with which result.

    ``unfinished`` are resources among the judged ones that the engine has not finished with (it shows them to no pack);
    ``removable`` are exceptions that waived nothing or have run out; ``encrypted`` counts secrets that nobody could
    read. ``strict``: stale facts and what is unfinished are refusals too. ``gateways`` are those that the state holds,
    with the approval of each.
    """

    sha256: str
    size: int
    judges: Judges
    resources: tuple[Judged, ...]
    unfinished: tuple[Unfinished, ...]
    removable: tuple[ExceptionGrant, ...]
    stale: tuple[StaleFact, ...]
    encrypted: int
    strict: bool
    origin: Origin
    gateways: tuple[Standing, ...] = ()

    @property
    def is_older_than_law(self) -> bool:
        """Whether the state was written before the law's newest fact was checked: it may have been judged by less."""
        newest, written = self.law.newest, self.origin.written
        return newest is not None and written is not None and written.date() < newest

    @property
    def day(self) -> date:
        """The day that was judged for."""
        return self.law.day

    @property
    def law(self) -> Law:
        """The law that was judged under."""
        return self.judges.law

    @property
    def left_out(self) -> tuple[str, ...]:
        """The packs of this repository that were not asked."""
        asked = {pack.name for pack in self.judges.packs}
        return tuple(name for name in PACKS if name not in asked)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many resources were judged, and how they came out."""
        found = Counter(resource.verdict for resource in self.resources if resource.findings)
        refused = {"failed": found["fail"], "undetermined": found["undetermined"]}
        refused |= {"waived": found["waived"], "warned": found["warned"]}
        passed = len(self.resources) - found.total()
        judged = {"judged": len(self.resources), "passed": passed}
        return {**judged, **refused, "unfinished": len(self.unfinished)}

    @property
    def verdict(self) -> Verdict:
        """Clean only when something was judged and nothing is refused."""
        if not self.resources:
            return "undetermined"
        refused = self.counts["failed"] or self.counts["undetermined"]
        strictly = self.strict and (self.stale or self.unfinished)
        return "refused" if refused or strictly else "clean"


def conclude(export: Export, findings: Mapping[str, tuple[Finding, ...]], judges: Judges, *, strict: bool) -> Outcome:
    """Return the outcome of an audit; KeyError where a resource of the export was not judged."""
    resources = tuple(
        Judged(resource.urn, resource.type, findings[resource.urn], resource) for resource in export.resources
    )
    used = {finding.exception for each in findings.values() for finding in each if finding.exception}
    return Outcome(
        sha256=export.sha256,
        size=export.size,
        judges=judges,
        resources=resources,
        unfinished=export.unfinished,
        removable=(*unused(judges.law, used), *expired(judges.law)),
        stale=tuple(sorted(judges.law.stale)),
        encrypted=export.encrypted,
        strict=strict,
        origin=export.origin,
        gateways=tuple(one.standing for one in inspected_in(export.resources, judges.law)),
    )
